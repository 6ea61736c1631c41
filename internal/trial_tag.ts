/** The tag of the runs that are trials of a search. */
export const TRIAL_TAG = "hyperopt";

/** What comes before the name of the search in another tag of these runs. */
export const SEARCH_TAG = "search:";
