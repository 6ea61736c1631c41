/** The tables of a study of Optuna: schema version 12, revision v3.2.0.a, which Optuna 3.2 to 5 have. */

/** The version of the schema, and the revision of its migrations. */
export const SCHEMA = { version: 12, revision: "v3.2.0.a", library: "5.0.0" };

/** The tables that are read. */
export const READ_TABLES = [
  "studies",
  "version_info",
  "study_directions",
  "study_system_attributes",
  "trials",
  "trial_user_attributes",
  "trial_params",
  "trial_values",
  "trial_intermediate_values",
] as const;

/** Makes a table whose rows belong to another one. */
function table(
  name: string,
  owner: "study" | "trial",
  columns: string,
): string {
  const [id, ...rest] = columns.split("; ");
  const owners = owner === "study" ? "studies" : "trials";
  return `CREATE TABLE ${name} (${id} INTEGER NOT NULL PRIMARY KEY, ` +
    `${owner}_id INTEGER REFERENCES ${owners} (${owner}_id), ${
      rest.join(", ")
    })`;
}

const ATTRIBUTE = "key VARCHAR(512); value_json TEXT";

/** The statements that make the tables. */
export const CREATE: string = [
  "CREATE TABLE studies (study_id INTEGER NOT NULL PRIMARY KEY, study_name VARCHAR(512) NOT NULL)",
  "CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name)",
  "CREATE TABLE version_info (version_info_id INTEGER NOT NULL PRIMARY KEY CHECK (version_info_id = 1), " +
  "schema_version INTEGER, library_version VARCHAR(256))",
  "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
  table(
    "study_directions",
    "study",
    "study_direction_id; direction VARCHAR(8) NOT NULL; objective INTEGER NOT NULL; UNIQUE (study_id, objective)",
  ),
  table(
    "study_user_attributes",
    "study",
    `study_user_attribute_id; ${ATTRIBUTE}; UNIQUE (study_id, key)`,
  ),
  table(
    "study_system_attributes",
    "study",
    `study_system_attribute_id; ${ATTRIBUTE}; UNIQUE (study_id, key)`,
  ),
  table(
    "trials",
    "study",
    "trial_id; number INTEGER; state VARCHAR(8) NOT NULL; datetime_start DATETIME; datetime_complete DATETIME",
  ),
  "CREATE INDEX ix_trials_study_id ON trials (study_id)",
  table(
    "trial_user_attributes",
    "trial",
    `trial_user_attribute_id; ${ATTRIBUTE}; UNIQUE (trial_id, key)`,
  ),
  table(
    "trial_system_attributes",
    "trial",
    `trial_system_attribute_id; ${ATTRIBUTE}; UNIQUE (trial_id, key)`,
  ),
  table(
    "trial_params",
    "trial",
    "param_id; param_name VARCHAR(512); param_value FLOAT; distribution_json TEXT; UNIQUE (trial_id, param_name)",
  ),
  table(
    "trial_values",
    "trial",
    "trial_value_id; objective INTEGER NOT NULL; value FLOAT; value_type VARCHAR(7) NOT NULL; UNIQUE (trial_id, objective)",
  ),
  table(
    "trial_intermediate_values",
    "trial",
    "trial_intermediate_value_id; step INTEGER NOT NULL; intermediate_value FLOAT; " +
      "intermediate_value_type VARCHAR(7) NOT NULL; UNIQUE (trial_id, step)",
  ),
  table(
    "trial_heartbeats",
    "trial",
    "trial_heartbeat_id; heartbeat DATETIME NOT NULL; UNIQUE (trial_id)",
  ),
].join(";\n");
