using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>Adds each sweep's pool. Existing sweeps belong to the control silo's own pool.</summary>
[DbContext(typeof(SweepDbContext)), Migration("003_pools")]
internal sealed class M003Pools : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("pool", "sweeps", defaultValue: "");
}
