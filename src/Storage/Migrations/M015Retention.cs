using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds columns for deletion by age: the time at which each sweep ended, which silos of the previous version do not write, and the time at
/// which everything except its results was deleted. The index finds contents that are no longer referenced.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("015_retention")]
internal sealed class M015Retention : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<long>("ended_ms", "sweeps", nullable: true);
        migrationBuilder.AddColumn<long>("reduced_ms", "sweeps", nullable: true);
        migrationBuilder.CreateIndex("ix_job_artifacts_content_key", "job_artifacts", "content_key");
    }
}
