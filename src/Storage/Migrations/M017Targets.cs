using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The results of jobs on the targets that they are evaluated on in addition to their own test images, as JSON; null for most.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("017_targets")]
internal sealed class M017Targets : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("targets", "jobs", nullable: true);
}
