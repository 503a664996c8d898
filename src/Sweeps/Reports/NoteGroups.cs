using System.Text.RegularExpressions;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// Groups the notes below a table by kind, with one line per kind, because many notes often report the same fact about different data sets.
/// A kind with a single note keeps the text of the note.
/// </summary>
public static partial class NoteGroups
{
    /// <summary>The maximum number of data sets per line, and of arms per data set. The rest are only counted.</summary>
    private const int MostNames = 6;

    /// <summary>Groups notes by kind. The kinds are in the order of their first notes.</summary>
    /// <param name="notes">The ungrouped notes.</param>
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
    /// Shortens the name of each arm that differs from the previous arm only in T_target, such as "adapt snip T=24", "12", "6".
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

    /// <summary>
    /// Matches a note such as "seed-outlier: adapt snip T=24 · tiny-tinted: seed 2 has test accuracy 50.00; the median is 63.00".
    /// </summary>
    [GeneratedRegex(@"^(?<flag>[a-z]+(?:[- ][a-z]+)*): (?<arm>[^:·]+) · (?<dataset>[^:·]+?)(?: · (?<seed>seed \d+))?: (?<reason>.+)\z",
        RegexOptions.Singleline)]
    private static partial Regex OfJob();

    /// <summary>Matches the parts in which two notes of the same kind can differ: quoted names and numbers.</summary>
    [GeneratedRegex(@"'[^']*'|\d[\d,.]*")]
    private static partial Regex Particulars();

    /// <summary>A note with its parts. A note that is not about a job has only text and a kind.</summary>
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
