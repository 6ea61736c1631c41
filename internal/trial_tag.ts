/** The tag of the runs that are trials of a search. */
export const TRIAL_TAG = "hyperopt";
