using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>Plans as the store holds them: JSON, without the spec, which has a column of its own.</summary>
internal static class StoredPlan
{
    /// <summary>
    /// The highest format that this program reads. A reader skips members that it does not know, so a new member raises the number only
    /// where a program that skips it would compute something else.
    /// </summary>
    public const int Format = 3;

    /// <summary>
    /// The format that a plan is written in: 1 for all that version 0.1.0 can run, 2 where jobs have settings of their method's own
    /// (<see cref="TrainSettings.Own"/>), 3 where a program that skips a member would read other images or another backbone.
    /// </summary>
    public static int FormatOf(SweepPlan plan) => plan.Groups.Any(ReadsOthers) ? 3
        : plan.Groups.Any(group => group.Definition.Train?.Own is not null) ? 2 : 1;

    private static bool ReadsOthers(PlannedGroup group) => group.BackboneFingerprint is not null
        || group.Definition is { Dataset.FewShots: not null } or { Dataset.Classes: not null } or { Evaluate: not null };

    /// <summary>The text of a plan.</summary>
    public static string Write(SweepPlan plan) => JsonSerializer.Serialize(plan with { SpecJson = "" }, AdaptClusterJson.Compact);

    /// <summary>Reads a plan.</summary>
    /// <exception cref="UnreadablePlanException">This program cannot.</exception>
    public static SweepPlan Read(string sweep, int format, string json) => Parse(format, json) switch
    {
        ({ } plan, _) => plan,
        (_, var found) => throw new UnreadablePlanException(new(sweep), found),
    };

    /// <summary>
    /// Reads how much a plan is to train. It picks the few numbers out of the text, since a command that shows a sweep's progress would
    /// spend most of its time on preparing to read all of a plan.
    /// </summary>
    /// <exception cref="UnreadablePlanException">This program cannot.</exception>
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
        // A plan of an earlier version, which lacks something, or one that cannot be read, which is said below.
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
