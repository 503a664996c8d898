using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>What the web page needs: who submitted each sweep, which is unknown for existing ones, and the keys of its cookies.</summary>
[DbContext(typeof(SweepDbContext)), Migration("005_page")]
internal sealed class M005Page : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>("submitted_by", "sweeps", nullable: true);
        migrationBuilder.CreateTable("cookie_keys", t => new { name = t.Column<string>(), xml = t.Column<string>() },
            constraints: t => t.PrimaryKey("pk_cookie_keys", k => k.name));
    }
}
