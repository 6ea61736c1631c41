BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'small');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MAXIMIZE',1,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,3,0.9340596780273533,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,2,3,0.9668013543506255,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,3,3,0.2014854427555386,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,4,3,-0.1970091128194542,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,5,3,0.7910023321122921,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,6,3,0.14427754054549724,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'x',0.9340596780273533,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(2,1,'model.lr',0.0015450018247892775,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(3,1,'st',1.0,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(4,1,'n',16.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
INSERT INTO "trial_params" VALUES(5,1,'m',8.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 0, "high": 10}}');
INSERT INTO "trial_params" VALUES(6,1,'c',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", 1, 2.5, true, null]}}');
INSERT INTO "trial_params" VALUES(7,1,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(8,1,'momentum',0.8629932355992223,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(9,2,'x',0.9668013543506255,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(10,2,'model.lr',4.522399928843747e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(11,2,'st',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(12,2,'n',1.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
INSERT INTO "trial_params" VALUES(13,2,'m',4.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 0, "high": 10}}');
INSERT INTO "trial_params" VALUES(14,2,'c',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", 1, 2.5, true, null]}}');
INSERT INTO "trial_params" VALUES(15,2,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(16,2,'momentum',0.07494858701310703,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(17,3,'x',0.2014854427555386,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(18,3,'model.lr',4.6977373836619797e-05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(19,3,'st',0.75,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(20,3,'n',4.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
INSERT INTO "trial_params" VALUES(21,3,'m',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 0, "high": 10}}');
INSERT INTO "trial_params" VALUES(22,3,'c',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", 1, 2.5, true, null]}}');
INSERT INTO "trial_params" VALUES(23,3,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(24,4,'x',-0.1970091128194542,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(25,4,'model.lr',0.003973932042794736,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(26,4,'st',0.25,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(27,4,'n',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
INSERT INTO "trial_params" VALUES(28,4,'m',8.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 0, "high": 10}}');
INSERT INTO "trial_params" VALUES(29,4,'c',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", 1, 2.5, true, null]}}');
INSERT INTO "trial_params" VALUES(30,4,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(31,5,'x',0.7910023321122921,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(32,5,'model.lr',0.00028275764358789117,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(33,5,'st',0.75,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(34,5,'n',1.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
INSERT INTO "trial_params" VALUES(35,5,'m',4.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 0, "high": 10}}');
INSERT INTO "trial_params" VALUES(36,5,'c',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", 1, 2.5, true, null]}}');
INSERT INTO "trial_params" VALUES(37,5,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(38,5,'momentum',0.33117450309112273,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(39,6,'x',0.14427754054549724,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -1.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(40,6,'model.lr',0.024086549857284596,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(41,6,'st',1.0,'{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(42,6,'n',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 64}}');
INSERT INTO "trial_params" VALUES(43,6,'m',0.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 0, "high": 10}}');
INSERT INTO "trial_params" VALUES(44,6,'c',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["a", 1, 2.5, true, null]}}');
INSERT INTO "trial_params" VALUES(45,6,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["sgd", "adam"]}}');
INSERT INTO "trial_params" VALUES(46,6,'momentum',0.5400747296428063,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,0.9340596780273533,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,0.9668013543506255,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,0.2014854427555386,'FINITE');
INSERT INTO "trial_values" VALUES(4,4,0,-0.1970091128194542,'FINITE');
INSERT INTO "trial_values" VALUES(5,6,0,0.14427754054549724,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-29 06:19:41.805289','2026-11-29 06:19:41.860737');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-29 06:19:41.875504','2026-11-29 06:19:41.917740');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-29 06:19:41.926390','2026-11-29 06:19:41.996570');
INSERT INTO "trials" VALUES(4,3,1,'PRUNED','2026-11-29 06:19:42.011699','2026-11-29 06:19:42.058722');
INSERT INTO "trials" VALUES(5,4,1,'FAIL','2026-11-29 06:19:42.069760','2026-11-29 06:19:42.115628');
INSERT INTO "trials" VALUES(6,5,1,'COMPLETE','2026-11-29 06:19:42.125161','2026-11-29 06:19:42.172221');
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'3.6.2');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
