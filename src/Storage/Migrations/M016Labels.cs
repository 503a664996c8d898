using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>Adds a sweep's note and tags. Tags are in ordinal order and separated by single spaces.</summary>
[DbContext(typeof(SweepDbContext)), Migration("016_labels")]
internal sealed class M016Labels : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("note", "sweeps", nullable: true);
        migrationBuilder.AddColumn<string>("tags", "sweeps", defaultValue: "");
    }
}
