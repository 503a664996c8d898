using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>Adds the pool of each sweep. Existing sweeps belong to the pool of the control silo.</summary>
[DbContext(typeof(SweepDbContext)), Migration("003_pools")]
internal sealed class M003Pools : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("pool", "sweeps", defaultValue: "");
}
