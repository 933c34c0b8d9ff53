/** Floats closer than this are equal to a script, and to the functions that inherit the rule. */
export const tolerance = 1e-10;
