/** This machine cannot give the isolation that is asked for. The message says why and what helps. */
export class TooWeak extends Error {}
