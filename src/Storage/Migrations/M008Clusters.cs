using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The cluster of each sweep. Existing sweeps, and those that a silo of the previous version inserts during an upgrade, belong to none. The
/// first cluster that starts, or that works on one of them, claims them.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("008_clusters")]
internal sealed class M008Clusters : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("cluster", "sweeps", defaultValue: "");
}
