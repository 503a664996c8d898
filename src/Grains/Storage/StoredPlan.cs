using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Storage;

/// <summary>Plans as the store holds them: JSON, without the spec, which has a column of its own.</summary>
internal static class StoredPlan
{
    /// <summary>
    /// The highest format that this program reads, and the one that it writes. A reader skips members that it does not know, so a new member
    /// raises the number only where a program that skips it would compute something else.
    /// </summary>
    public const int Format = 1;

    /// <summary>The text of a plan.</summary>
    public static string Write(SweepPlan plan) => JsonSerializer.Serialize(plan with { SpecJson = "" }, AdaptClusterJson.Compact);

    /// <summary>Reads a plan.</summary>
    /// <exception cref="UnreadablePlanException">This program cannot.</exception>
    public static SweepPlan Read(string sweep, int format, string json) => Parse(format, json) switch
    {
        ({ } plan, _) => plan,
        (_, var found) => throw new UnreadablePlanException(new(sweep), found),
    };

    /// <summary>Reads a plan; null when this program cannot, for those who only compare with what they can read.</summary>
    public static SweepPlan? TryRead(int format, string json) => Parse(format, json).Plan;

    private static (SweepPlan? Plan, string Found) Parse(int format, string json)
    {
        if (format > Format) return (null, $"its format is {format}, and this version reads {Format}");
        try
        {
            return (JsonSerializer.Deserialize<SweepPlan>(json, AdaptClusterJson.Stored), "null");
        }
        catch (JsonException e)
        {
            return (null, PrintableText.OneLine(e.Message));
        }
    }
}
