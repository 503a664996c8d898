CREATE TABLE IF NOT EXISTS "migrations" (
    "MigrationId" TEXT NOT NULL CONSTRAINT "PK_migrations" PRIMARY KEY,
    "ProductVersion" TEXT NOT NULL
);

CREATE TABLE "sweeps" (
    "id" TEXT NOT NULL CONSTRAINT "pk_sweeps" PRIMARY KEY,
    "name" TEXT NOT NULL,
    "state" INTEGER NOT NULL,
    "submitted_ms" INTEGER NOT NULL,
    "priority" INTEGER NOT NULL,
    "parallel" INTEGER NOT NULL,
    "total_jobs" INTEGER NOT NULL,
    "spec_json" TEXT NOT NULL,
    "plan_json" TEXT NOT NULL
);

CREATE INDEX "ix_sweeps_submitted_ms" ON "sweeps" ("submitted_ms");

CREATE TABLE "jobs" (
    "sweep_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "job_id" TEXT NOT NULL,
    "pack" INTEGER NOT NULL,
    "state" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "faults" INTEGER NOT NULL,
    "losses" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "loss" REAL NULL,
    "context_tokens" INTEGER NULL,
    "lease" TEXT NULL,
    "worker" TEXT NULL,
    "environment" TEXT NULL,
    "started_ms" INTEGER NULL,
    "error" TEXT NULL,
    "cached_from" TEXT NULL,
    "cache_check" INTEGER NOT NULL,
    "test_correct" INTEGER NULL,
    "test_total" INTEGER NULL,
    "validation_correct" INTEGER NULL,
    "validation_total" INTEGER NULL,
    "image_context_tokens" INTEGER NULL,
    "text_context_tokens" INTEGER NULL,
    "trainable_parameters" INTEGER NULL,
    "multiply_adds" INTEGER NULL,
    "seconds" REAL NULL,
    CONSTRAINT "pk_jobs" PRIMARY KEY ("sweep_id", "position")
);

CREATE INDEX "ix_jobs_sweep_id_pack" ON "jobs" ("sweep_id", "pack");

CREATE INDEX "ix_jobs_job_id" ON "jobs" ("job_id");

CREATE TABLE "attempts" (
    "sweep_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "worker" TEXT NOT NULL,
    "environment" TEXT NULL,
    "started_ms" INTEGER NOT NULL,
    "ended_ms" INTEGER NOT NULL,
    "outcome" INTEGER NOT NULL,
    "fault" TEXT NULL,
    CONSTRAINT "pk_attempts" PRIMARY KEY ("sweep_id", "position", "number")
);

CREATE TABLE "environments" (
    "id" TEXT NOT NULL CONSTRAINT "pk_environments" PRIMARY KEY,
    "json" TEXT NOT NULL
);

CREATE TABLE "epochs" (
    "sweep_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "loss" REAL NOT NULL,
    "train_accuracy" REAL NOT NULL,
    "learning_rate" REAL NOT NULL,
    "image_context_tokens" INTEGER NOT NULL,
    "text_context_tokens" INTEGER NOT NULL,
    "seconds" REAL NOT NULL,
    CONSTRAINT "pk_epochs" PRIMARY KEY ("sweep_id", "position", "epoch")
);

CREATE TABLE "prune_steps" (
    "sweep_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "iteration" INTEGER NOT NULL,
    "image_mask" BLOB NOT NULL,
    "text_mask" BLOB NOT NULL,
    CONSTRAINT "pk_prune_steps" PRIMARY KEY ("sweep_id", "position", "iteration")
);

CREATE TABLE "checkpoints" (
    "sweep_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "content" BLOB NOT NULL,
    CONSTRAINT "pk_checkpoints" PRIMARY KEY ("sweep_id", "position")
);

CREATE TABLE "artifacts" (
    "sweep_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "content" BLOB NOT NULL,
    CONSTRAINT "pk_artifacts" PRIMARY KEY ("sweep_id", "position", "name")
);

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('001_store', '10.0.10');

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('002_orleans', '10.0.10');

ALTER TABLE "sweeps" ADD "pool" TEXT NOT NULL DEFAULT '';

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('003_pools', '10.0.10');

ALTER TABLE "jobs" ADD "hook_multiply_adds" INTEGER NULL;

ALTER TABLE "jobs" ADD "flags" INTEGER NOT NULL DEFAULT 0;

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('004_checks', '10.0.10');

ALTER TABLE "sweeps" ADD "submitted_by" TEXT NULL;

CREATE TABLE "cookie_keys" (
    "name" TEXT NOT NULL CONSTRAINT "pk_cookie_keys" PRIMARY KEY,
    "xml" TEXT NOT NULL
);

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('005_page', '10.0.10');

CREATE TABLE "contents" (
    "key" TEXT NOT NULL CONSTRAINT "pk_contents" PRIMARY KEY,
    "size" INTEGER NOT NULL,
    "content" BLOB NOT NULL
);

CREATE TABLE "job_artifacts" (
    "sweep_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "content_key" TEXT NOT NULL,
    CONSTRAINT "pk_job_artifacts" PRIMARY KEY ("sweep_id", "position", "name")
);

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('006_contents', '10.0.10');

CREATE INDEX "ix_jobs_flagged" ON "jobs" ("sweep_id") WHERE flags <> 0;

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('007_indices', '10.0.10');

ALTER TABLE "sweeps" ADD "cluster" TEXT NOT NULL DEFAULT '';

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('008_clusters', '10.0.10');

ALTER TABLE "sweeps" ADD "ordinal" INTEGER NOT NULL DEFAULT 0;

UPDATE sweeps SET ordinal = counted.ordinal FROM (SELECT id, row_number() OVER (ORDER BY submitted_ms, id) AS ordinal
    FROM sweeps) AS counted
WHERE counted.id = sweeps.id;

CREATE INDEX "ix_sweeps_ordinal" ON "sweeps" ("ordinal");

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('009_order', '10.0.10');

ALTER TABLE "sweeps" ADD "plan_format" INTEGER NOT NULL DEFAULT 1;

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('010_plan_format', '10.0.10');

ALTER TABLE "sweeps" ADD "trainer" INTEGER NOT NULL DEFAULT 3;

ALTER TABLE "sweeps" ADD "supersedes" TEXT NULL;

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('011_trainer', '10.0.10');

ALTER TABLE "sweeps" ADD "stops" INTEGER NOT NULL DEFAULT 0;

CREATE TABLE "quarantines" (
    "cluster" TEXT NOT NULL,
    "pool" TEXT NOT NULL,
    "silo" TEXT NOT NULL,
    "until_ms" INTEGER NOT NULL,
    "times" INTEGER NOT NULL,
    CONSTRAINT "pk_quarantines" PRIMARY KEY ("cluster", "pool", "silo")
);

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('012_moves', '10.0.10');

CREATE INDEX "ix_sweeps_listing" ON "sweeps" ("cluster", "ordinal", "submitted_ms", "id", "state");

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('013_listing', '10.0.10');

CREATE TABLE "audit" (
    "id" INTEGER NOT NULL CONSTRAINT "pk_audit" PRIMARY KEY AUTOINCREMENT,
    "cluster" TEXT NOT NULL,
    "at_ms" INTEGER NOT NULL,
    "sweep_id" TEXT NOT NULL,
    "action" INTEGER NOT NULL,
    "outcome" INTEGER NOT NULL,
    "way" INTEGER NOT NULL,
    "name" TEXT NULL,
    "detail" TEXT NULL,
    "call" TEXT NULL
);

CREATE INDEX "ix_audit_cluster_sweep_id_id" ON "audit" ("cluster", "sweep_id", "id");

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('014_audit', '10.0.10');

ALTER TABLE "sweeps" ADD "ended_ms" INTEGER NULL;

ALTER TABLE "sweeps" ADD "reduced_ms" INTEGER NULL;

CREATE INDEX "ix_job_artifacts_content_key" ON "job_artifacts" ("content_key");

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('015_retention', '10.0.10');

ALTER TABLE "sweeps" ADD "note" TEXT NULL;

ALTER TABLE "sweeps" ADD "tags" TEXT NOT NULL DEFAULT '';

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('016_labels', '10.0.10');

ALTER TABLE "jobs" ADD "targets" TEXT NULL;

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('017_targets', '10.0.10');

ALTER TABLE "jobs" ADD "trained_id" TEXT NULL;

ALTER TABLE "jobs" ADD "trained_from" TEXT NULL;

CREATE INDEX "ix_jobs_trained_id" ON "jobs" ("trained_id") WHERE trained_id IS NOT NULL;

INSERT INTO "migrations" ("MigrationId", "ProductVersion")
VALUES ('018_trained', '10.0.10');

