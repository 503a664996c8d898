using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The id that a job with targets would have without them, by which it finds prompts that are trained already, and the job from which a
/// result has its prompts. Both are null for most jobs. Earlier jobs without targets are found by their own id; those with targets, which
/// have no such id, only answer identical jobs.
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
