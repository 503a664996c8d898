using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>What people note of a sweep, and the words by which they find it again, in order and one blank apart.</summary>
[DbContext(typeof(SweepDbContext)), Migration("016_labels")]
internal sealed class M016Labels : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("note", "sweeps", nullable: true);
        migrationBuilder.AddColumn<string>("tags", "sweeps", defaultValue: "");
    }
}
