/** Ids in addresses. */

/** A notification's. */
export const ID = /^[1-9][0-9]{0,14}$/;
