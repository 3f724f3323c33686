/** The API takes numbers with and without their plus; they are one number. */
export const withPlus = (number: string): string => (/^[1-9]/.test(number) ? `+${number}` : number);
