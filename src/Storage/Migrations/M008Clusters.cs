using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// Adds each sweep's cluster. Existing sweeps, and sweeps that a silo of the previous version inserts during an upgrade, belong to no
/// cluster. The first cluster that starts, or that works on one of these sweeps, claims them.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("008_clusters")]
internal sealed class M008Clusters : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>("cluster", "sweeps", defaultValue: "");
}
