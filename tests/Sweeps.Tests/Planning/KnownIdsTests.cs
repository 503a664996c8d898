using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Sweeps.Tests.Planning;

/// <summary>
/// A result is found by its job's id, and a sweep resumes by its own: whatever moves in the code, what a spec means must not. The numbers
/// were taken from version 0.1.0's trainer version 4, before methods had descriptors.
/// </summary>
public sealed class KnownIdsTests
{
    private const string EveryMethod = """
        {"name": "all", "shots": 4, "seeds": [0, 1],
         "datasets": ["dtd", "imagenet", {"name": "mine", "format": "folder", "template": "a {}."}],
         "train": {"batchSize": 8, "kgcoop": {"weight": 2}, "adapt": {"pruneRate": 3}},
         "arms": [{"method": "zero-shot"}, {"method": "coop"}, {"method": "cocoop"}, {"method": "vpt", "vpt": {"tokens": [4, 8]}},
          {"method": "plot"}, {"method": "maple"}, {"method": "prograd", "prograd": {"lambda": 0.5}}, {"method": "kgcoop"},
          {"method": "lamm", "learningRate": {"adaptive": [0.01, 0.02]}},
          {"method": "adapt", "tTarget": [64, 32], "scorer": ["snip", "l2-norm"], "adapt": {"retrain": true}},
          {"method": "adapt", "label": "x", "tTarget": {"adaptive": [64, 16, 32]},
           "learningRate": {"from": 1e-4, "to": 1e-2, "scale": "log", "samples": 3}}]}
        """;

    /// <summary>It is part of an id.</summary>
    private const int Trainer = 4;

    private static readonly FixedCatalog Catalog = new(
        [.. KnownMethods.All.Formats.KnownFiles.Select((name, index) => (name, 10 + index)), ("mine", 5)]);

    [Theory]
    [InlineData("table1", 429, "4b6820ba3329ff05", "table1-13168d73", "fb98d00753deae32")]
    [InlineData("table2", 198, "2eb7da65c7c4beef", "table2-d9d65b80", "a1926ef01ae80f86")]
    [InlineData("table3", 99, "82dae1993c68b701", "table3-e1a7991c", "7c9277cfddb75caf")]
    [InlineData("table4", 99, "913707c1510be031", "table4-8c124def", "5f04a1364ca8c00f")]
    [InlineData("all", 144, "8f3e20c5b422836a", "all-ebd3a9ed", null)]
    public void A_spec_makes_the_same_jobs_in_every_version(string name, int jobs, string ids, string sweep, string? plan)
    {
        var spec = name == "all" ? EveryMethod : File.ReadAllText(Repository.At($"examples/{name}.json"));
        var made = KnownMethods.Plan(Catalog, spec, name + ".json", Trainer);

        Assert.Equal(jobs, made.JobCount);
        Assert.Equal(ids, Digest(string.Join("\n", made.Positions.Take(jobs).Select(job => JobIdentity.Of(made, job).Value))));
        Assert.Equal(sweep, JobIdentity.Of(made).Value);
        // Without the warnings, whose words may change.
        if (plan is not null) Assert.Equal(plan, Digest(JsonSerializer.Serialize(made with { Warnings = [] }, AdaptClusterJson.Compact)));
    }

    private static string Digest(string text) => TextHash.Of(text)[..16];
}
