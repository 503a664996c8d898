using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds two columns. The first is the id that a job with targets would have without them, which is used to find prompts that are already
/// trained. The second is the job that trained the prompts of a result. Both are null for most jobs. Earlier jobs without targets are found
/// by their own ids. Earlier jobs with targets lack the new id, so only identical jobs can reuse their results.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("018_trained")]
internal sealed class M018Trained : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("trained_id", "jobs", nullable: true);
        migrationBuilder.AddColumn<string>("trained_from", "jobs", nullable: true);
        migrationBuilder.CreateIndex("ix_jobs_trained_id", "jobs", "trained_id", filter: "trained_id IS NOT NULL");
    }
}
