using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Client.Output;

/// <summary>Formats a sweep's name, tags and note.</summary>
internal static class LabelText
{
    /// <summary>The maximum width of a note in a list.</summary>
    private const int ShownNote = 40;

    /// <summary>Returns the label columns of <c>sweep list</c>. A column is included only if a listed sweep has a value for it.</summary>
    public static IEnumerable<(string Header, Func<SweepSummary, string> Cell)> Columns(IReadOnlyList<SweepSummary> sweeps)
    {
        if (sweeps.Any(IsRenamed)) yield return ("name", sweep => PrintableText.OneLine(sweep.Name));
        if (sweeps.Any(sweep => sweep.Tags.Length > 0)) yield return ("tags", Tags);
        if (sweeps.Any(sweep => sweep.Note is not null)) yield return ("note", sweep => Terminal.Crop(Note(sweep), ShownNote));
    }

    /// <summary>Returns the label lines of <c>sweep status</c>, without empty labels.</summary>
    public static IEnumerable<string> Lines(SweepSummary sweep)
    {
        if (IsRenamed(sweep)) yield return $"name {PrintableText.OneLine(sweep.Name)}";
        if (sweep.Tags.Length > 0) yield return $"tags {Tags(sweep)}";
        if (sweep.Note is not null) yield return $"note {Note(sweep)}";
    }

    /// <summary>Returns all labels, including empty ones.</summary>
    public static IEnumerable<string> All(SweepSummary sweep) =>
    [
        $"name {PrintableText.OneLine(sweep.Name)}", sweep.Tags.Length > 0 ? $"tags {Tags(sweep)}" : "no tags",
        sweep.Note is not null ? $"note {Note(sweep)}" : "no note",
    ];

    /// <summary>Whether the name no longer matches the beginning of the id.</summary>
    private static bool IsRenamed(SweepSummary sweep) =>
        !sweep.Id.StartsWith($"{JobIdentity.Slug(sweep.Name)}-", StringComparison.Ordinal);

    private static string Tags(SweepSummary sweep) => PrintableText.OneLine(string.Join(' ', sweep.Tags));

    private static string Note(SweepSummary sweep) => PrintableText.OneLine(sweep.Note ?? "");
}
