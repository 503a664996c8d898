using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Output;

/// <summary>States as people and JSON read them.</summary>
internal static class StateNames
{
    public static string Of(SweepState state) => JsonSerializer.Serialize(state, AdaptClusterJson.Compact).Trim('"');
}
