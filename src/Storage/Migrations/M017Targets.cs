using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds the results of jobs on targets, the data sets on which they are evaluated in addition to their own test images. The results are
/// stored as JSON and are null for most jobs.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("017_targets")]
internal sealed class M017Targets : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("targets", "jobs", nullable: true);
}
