using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Creates the tables of the store in both databases. This migration must not change after a release; later changes are separate
/// migrations.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("001_store")]
internal sealed class M001Store : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("sweeps", t => new
        {
            id = t.Column<string>(),
            name = t.Column<string>(),
            state = t.Column<int>(),
            submitted_ms = t.Column<long>(),
            priority = t.Column<int>(),
            parallel = t.Column<int>(),
            total_jobs = t.Column<int>(),
            spec_json = t.Column<string>(),
            plan_json = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("pk_sweeps", s => s.id));
        migrationBuilder.CreateIndex("ix_sweeps_submitted_ms", "sweeps", "submitted_ms");
        migrationBuilder.CreateTable("jobs", t => new
        {
            sweep_id = t.Column<string>(),
            position = t.Column<int>(),
            job_id = t.Column<string>(),
            pack = t.Column<int>(),
            state = t.Column<int>(),
            attempt = t.Column<int>(),
            faults = t.Column<int>(),
            losses = t.Column<int>(),
            epoch = t.Column<int>(),
            loss = t.Column<double>(nullable: true),
            context_tokens = t.Column<int>(nullable: true),
            lease = t.Column<string>(nullable: true),
            worker = t.Column<string>(nullable: true),
            environment = t.Column<string>(nullable: true),
            started_ms = t.Column<long>(nullable: true),
            error = t.Column<string>(nullable: true),
            cached_from = t.Column<string>(nullable: true),
            cache_check = t.Column<int>(),
            test_correct = t.Column<int>(nullable: true),
            test_total = t.Column<int>(nullable: true),
            validation_correct = t.Column<int>(nullable: true),
            validation_total = t.Column<int>(nullable: true),
            image_context_tokens = t.Column<int>(nullable: true),
            text_context_tokens = t.Column<int>(nullable: true),
            trainable_parameters = t.Column<long>(nullable: true),
            multiply_adds = t.Column<long>(nullable: true),
            seconds = t.Column<double>(nullable: true),
        }, constraints: t => t.PrimaryKey("pk_jobs", j => new { j.sweep_id, j.position }));
        migrationBuilder.CreateIndex("ix_jobs_sweep_id_pack", "jobs", ["sweep_id", "pack"]);
        migrationBuilder.CreateIndex("ix_jobs_job_id", "jobs", "job_id");
        migrationBuilder.CreateTable("attempts", t => new
        {
            sweep_id = t.Column<string>(),
            position = t.Column<int>(),
            number = t.Column<int>(),
            worker = t.Column<string>(),
            environment = t.Column<string>(nullable: true),
            started_ms = t.Column<long>(),
            ended_ms = t.Column<long>(),
            outcome = t.Column<int>(),
            fault = t.Column<string>(nullable: true),
        }, constraints: t => t.PrimaryKey("pk_attempts", a => new { a.sweep_id, a.position, a.number }));
        migrationBuilder.CreateTable("environments", t => new { id = t.Column<string>(), json = t.Column<string>() },
            constraints: t => t.PrimaryKey("pk_environments", e => e.id));
        migrationBuilder.CreateTable("epochs", t => new
        {
            sweep_id = t.Column<string>(),
            position = t.Column<int>(),
            epoch = t.Column<int>(),
            attempt = t.Column<int>(),
            loss = t.Column<double>(),
            train_accuracy = t.Column<double>(),
            learning_rate = t.Column<double>(),
            image_context_tokens = t.Column<int>(),
            text_context_tokens = t.Column<int>(),
            seconds = t.Column<double>(),
        }, constraints: t => t.PrimaryKey("pk_epochs", e => new { e.sweep_id, e.position, e.epoch }));
        migrationBuilder.CreateTable("prune_steps", t => new
        {
            sweep_id = t.Column<string>(),
            position = t.Column<int>(),
            iteration = t.Column<int>(),
            image_mask = t.Column<byte[]>(),
            text_mask = t.Column<byte[]>(),
        }, constraints: t => t.PrimaryKey("pk_prune_steps", p => new { p.sweep_id, p.position, p.iteration }));
        migrationBuilder.CreateTable("checkpoints", t => new
        {
            sweep_id = t.Column<string>(),
            position = t.Column<int>(),
            epoch = t.Column<int>(),
            content = t.Column<byte[]>(),
        }, constraints: t => t.PrimaryKey("pk_checkpoints", c => new { c.sweep_id, c.position }));
        migrationBuilder.CreateTable("artifacts", t => new
        {
            sweep_id = t.Column<string>(),
            position = t.Column<int>(),
            name = t.Column<string>(),
            content = t.Column<byte[]>(),
        }, constraints: t => t.PrimaryKey("pk_artifacts", a => new { a.sweep_id, a.position, a.name }));
        // Rows of jobs change several times. Free space on each page allows updates in place and keeps the table small.
        if (migrationBuilder.ActiveProvider == StoreDatabase.PostgresProvider)
            migrationBuilder.Sql("ALTER TABLE jobs SET (fillfactor = 50)");
    }
}
