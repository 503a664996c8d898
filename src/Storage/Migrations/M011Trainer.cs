using AdaptCluster.Contracts.Jobs;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AdaptCluster.Storage.Migrations;

/// <summary>
/// The trainer version of each sweep, and which sweep it was planned anew from. Silos of the version before write neither: their sweeps are
/// of the version that all of them had, which is the default.
/// </summary>
[DbContext(typeof(SweepDbContext)), Migration("011_trainer")]
internal sealed class M011Trainer : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>("trainer", "sweeps", defaultValue: TrainerVersion.BeforeOffers);
        migrationBuilder.AddColumn<string>("supersedes", "sweeps", nullable: true);
    }
}
