using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds an index on the few jobs with anomalies, so that finding them does not require reading all jobs. There is no such index on the
/// running jobs (<c>state = 1</c>): PostgreSQL treats the column of the condition as indexed, so each begin and each end would write a new
/// row and an entry in every index. That halved the jobs per second in <c>bench/scale</c>. Silos of the previous version are not affected
/// by the index. While it is built on a large store, reports wait.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("007_indices")]
internal sealed class M007Indices : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_jobs_flagged", "jobs", "sweep_id", filter: "flags <> 0");
}
