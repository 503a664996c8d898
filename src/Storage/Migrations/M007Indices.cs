using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// An index over the few jobs of a sweep that look wrong, so that they are not found by reading all of them. There is none over those that
/// train (<c>state = 1</c>): PostgreSQL counts a condition's column as indexed, so each begin and each end would write a new row and an
/// entry in every index. It halved the jobs per second of <c>bench/scale</c>. A silo of the version before does not notice the index; while
/// it is built on a large store, reports wait.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("007_indices")]
internal sealed class M007Indices : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateIndex("ix_jobs_flagged", "jobs", "sweep_id", filter: "flags <> 0");
}
