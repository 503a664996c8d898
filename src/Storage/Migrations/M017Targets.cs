using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>What jobs found on the images that they are evaluated on beside their own: a JSON text, null for most.</summary>
[DbContext(typeof(SweepDbContext)), Migration("017_targets")]
internal sealed class M017Targets : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("targets", "jobs", nullable: true);
}
