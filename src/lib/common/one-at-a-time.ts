import pLimit from "p-limit";

/**
 * Does one such piece of work at a time in this process. For whatever holds a whole long document in memory, so that
 * memory does not grow with the lanes that have one; work of that size keeps the processor busy anyway.
 * Must not be nested. A file of its own, because the simulation gives each of its processes one.
 */
export const oneAtATime = pLimit(1);

/** The same for the cutting of files of rows: the table of the rows that are known may take a hundred megabytes. */
export const oneFileAtATime = pLimit(1);
