/** An empty list that all share: what is kept for long, and is empty most of the time, costs nothing. */
export const none: readonly never[] = [];
