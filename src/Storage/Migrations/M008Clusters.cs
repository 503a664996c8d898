using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The cluster that each sweep belongs to. Those that are there already, and those that a silo of the version before inserts during an
/// upgrade, belong to none: the first cluster that starts, or that works on one of them, claims them.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("008_clusters")]
internal sealed class M008Clusters : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("cluster", "sweeps", defaultValue: "");
}
