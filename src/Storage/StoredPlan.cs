using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>Reads and writes stored plans. A plan is stored as JSON without the spec, which has a separate column.</summary>
internal static class StoredPlan
{
    /// <summary>
    /// The highest plan format that this program reads. Readers skip unknown members, so a new member needs a new format only if a program
    /// that skips it would compute different results.
    /// </summary>
    public const int Format = 3;

    /// <summary>
    /// Returns the format of a plan: 1 for plans that version 0.1.0 can run; 2 if jobs use method-specific settings
    /// (<see cref="TrainSettings.Own"/>); 3 if a program that skips a member would read different images or a different backbone.
    /// </summary>
    public static int FormatOf(SweepPlan plan) => plan.Groups.Any(ReadsOthers) ? 3
        : plan.Groups.Any(group => group.Definition.Train?.Own is not null) ? 2 : 1;

    private static bool ReadsOthers(PlannedGroup group) => group.BackboneFingerprint is not null
        || group.Definition is { Dataset.FewShots: not null } or { Dataset.Classes: not null } or { Evaluate: not null };

    /// <summary>Writes a plan.</summary>
    public static string Write(SweepPlan plan) => JsonSerializer.Serialize(plan with { SpecJson = "" }, AdaptClusterJson.Compact);

    /// <summary>Reads a plan.</summary>
    /// <exception cref="UnreadablePlanException">This program cannot read the plan.</exception>
    public static SweepPlan Read(string sweep, int format, string json) => Parse(format, json) switch
    {
        ({ } plan, _) => plan,
        (_, var found) => throw new UnreadablePlanException(new(sweep), found),
    };

    /// <summary>
    /// Reads only the amount of training in a plan. It extracts a few numbers from the JSON. Deserialising the whole plan would take most
    /// of the time of a command that shows a sweep's progress.
    /// </summary>
    /// <exception cref="UnreadablePlanException">This program cannot read the plan.</exception>
    public static PlannedWork ReadWork(string sweep, int format, string json)
    {
        try
        {
            if (format <= Format)
            {
                using var plan = JsonDocument.Parse(json);
                var root = plan.RootElement;
                return new(root.GetProperty("seeds").GetArrayLength(), [.. root.GetProperty("groups").EnumerateArray().Select(Work)]);
            }
        }
        // The plan was written by an earlier version and lacks a member, or it is unreadable. In the second case the full read below
        // throws.
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
        }
        return PlannedWork.Of(Read(sweep, format, json));
    }

    private static GroupWork Work(JsonElement group)
    {
        var definition = group.GetProperty("definition");
        var train = definition.GetProperty("train");
        var (iterations, cost) = (group.GetProperty("iterations").GetInt32(), group.GetProperty("cost").GetDouble());
        if (train.ValueKind == JsonValueKind.Null) return new(iterations, Epochs: 0, cost);
        var retrains = train.GetProperty("adapt").TryGetProperty("retrain", out var retrain) && retrain.GetBoolean();
        var epochs = train.GetProperty("epochs").GetInt32();
        return new(iterations, epochs * TrainSettings.RoundsOf(retrains), cost);
    }

    /// <summary>Reads a plan, or returns null if this program cannot read it. Intended for callers that skip unreadable plans.</summary>
    public static SweepPlan? TryRead(int format, string json) => Parse(format, json).Plan;

    private static (SweepPlan? Plan, string Found) Parse(int format, string json)
    {
        if (format > Format) return (null, $"its format is {format}, but this version reads formats up to {Format}");
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
