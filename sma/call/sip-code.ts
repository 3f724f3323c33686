/** SIP response codes that the service itself gives, and the 0 that stands for a hang-up after the answer. */
export const NORMAL_END = 0;
export const UNAVAILABLE = 480;
export const REQUEST_TERMINATED = 487;
