export const API_VERSION = '2012-04-24';
