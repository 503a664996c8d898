using System.Text.RegularExpressions;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// Groups the notes under a table by kind, one line per kind, since eleven outliers are one fact in eleven places. A kind with a single
/// note keeps its text.
/// </summary>
public static partial class NoteGroups
{
    /// <summary>The maximum number of data sets in a line, and of arms per data set; the rest are only counted.</summary>
    private const int MostNames = 6;

    /// <summary>Groups notes; kinds are in the order of their first note.</summary>
    /// <param name="notes">The single notes.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> notes) =>
        [.. notes.Select(Parsed.Of).GroupBy(note => note.Kind).Select(Line)];

    private static string Line(IGrouping<string, Parsed> kind)
    {
        Parsed[] notes = [.. kind];
        if (notes.Length == 1) return notes[0].Text;
        if (notes[0].Dataset is null) return $"{notes[0].Text} (and {notes.Length - 1} more like it)";
        string[] reasons = [.. notes.Select(note => note.Reason!).Distinct()];
        string[] datasets = [.. notes.GroupBy(note => note.Dataset!)
            .Select(dataset => $"{dataset.Key} ({Listed(Arms([.. dataset.Select(note => note.Arm!).Distinct()]))})")];
        return $"{notes[0].Flag} ({notes.Length}): {Listed(datasets)}{(reasons.Length == 1 ? $": {reasons[0]}" : "")}";
    }

    /// <summary>
    /// Shortens the names of arms that differ only in T_target from the one before, such as "adapt snip T=24", "12", "6".
    /// </summary>
    private static string[] Arms(string[] arms)
    {
        const string target = " T=";
        var (named, stem) = (new List<string>(), "");
        foreach (var arm in arms)
        {
            var cut = arm.IndexOf(target, StringComparison.Ordinal);
            var begin = cut < 0 ? arm : arm[..cut];
            named.Add(cut >= 0 && begin == stem ? arm[(cut + target.Length)..] : arm);
            stem = begin;
        }
        return [.. named];
    }

    private static string Listed(string[] names) => names.Length <= MostNames ? string.Join(", ", names)
        : $"{string.Join(", ", names[..MostNames])} and {names.Length - MostNames} more";

    /// <summary>Matches a note such as "seed-outlier: adapt snip T=24 · tiny-tinted: seed 2 has 50.00; the median is 63.00".</summary>
    [GeneratedRegex(@"^(?<flag>[a-z]+(?:[- ][a-z]+)*): (?<arm>[^:·]+) · (?<dataset>[^:·]+?)(?: · (?<seed>seed \d+))?: (?<reason>.+)\z",
        RegexOptions.Singleline)]
    private static partial Regex OfJob();

    /// <summary>Matches what differs between two notes that say the same about different places.</summary>
    [GeneratedRegex(@"'[^']*'|\d[\d,.]*")]
    private static partial Regex Particulars();

    /// <summary>A note and its parts; a note that is not about a job has only its text.</summary>
    private sealed record Parsed(string Text, string Kind, string? Flag = null, string? Arm = null, string? Dataset = null,
        string? Reason = null)
    {
        public static Parsed Of(string note)
        {
            if (OfJob().Match(note) is not { Success: true } match) return new(note, Particulars().Replace(note, "#"));
            var (flag, reason) = (match.Groups["flag"].Value, match.Groups["reason"].Value);
            var seed = match.Groups["seed"].Value;
            // Failures are grouped by their cause, anomalies by their flag.
            return new(note, seed.Length > 0 ? $"{flag}: {Particulars().Replace(reason, "#")}" : flag, flag,
                seed.Length > 0 ? $"{match.Groups["arm"].Value} {seed}" : match.Groups["arm"].Value, match.Groups["dataset"].Value, reason);
        }
    }
}
