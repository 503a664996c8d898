using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Planning;

/// <summary>Content hashes: equal work has equal ids, in any sweep and any process.</summary>
internal static class JobIdentity
{
    /// <summary>The id of a job: its definition and the fingerprints of what it reads.</summary>
    public static JobId Of(JobDefinition definition, BackboneFacts backbone, DatasetFacts dataset) =>
        new(Hash(JsonSerializer.Serialize(definition, AdaptClusterJson.Compact), backbone.Fingerprint, dataset.Fingerprint)[..16]);

    /// <summary>The id of a sweep: its name, its table's layout and its jobs.</summary>
    public static SweepId Of(SweepPlan plan)
    {
        var slug = new string([.. plan.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        var layout = JsonSerializer.Serialize(new { plan.Name, plan.Rows, plan.Datasets }, AdaptClusterJson.Compact);
        return new($"{slug[..Math.Min(slug.Length, 55)]}-{Hash(layout)[..8]}");
    }

    private static string Hash(params string[] parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
