using System.Text.RegularExpressions;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// The notes under a table by kind, a line for each: eleven outliers are one fact with eleven places. A kind with a single note keeps its
/// words.
/// </summary>
public static partial class NoteGroups
{
    /// <summary>Data sets, and arms of each, that a line names; it counts the others.</summary>
    private const int MostNames = 6;

    /// <summary>Groups notes; kinds stand in the order of their first note.</summary>
    /// <param name="notes">One by one.</param>
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

    /// <summary>Arms that differ in T_target alone say the rest once, such as "adapt snip T=24", "12", "6".</summary>
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

    /// <summary>Such as "seed-outlier: adapt snip T=24 · tiny-tinted: seed 2 has 50.00, the median seed 63.00".</summary>
    [GeneratedRegex(@"^(?<flag>[a-z]+(?:[- ][a-z]+)*): (?<arm>[^:·]+) · (?<dataset>[^:·]+?)(?: · (?<seed>seed \d+))?: (?<reason>.+)\z",
        RegexOptions.Singleline)]
    private static partial Regex OfJob();

    /// <summary>What differs between two notes that say the same of different places.</summary>
    [GeneratedRegex(@"'[^']*'|\d[\d,.]*")]
    private static partial Regex Particulars();

    /// <summary>A note with its parts; a note of no job has its words alone.</summary>
    private sealed record Parsed(string Text, string Kind, string? Flag = null, string? Arm = null, string? Dataset = null,
        string? Reason = null)
    {
        public static Parsed Of(string note)
        {
            if (OfJob().Match(note) is not { Success: true } match) return new(note, Particulars().Replace(note, "#"));
            var (flag, reason) = (match.Groups["flag"].Value, match.Groups["reason"].Value);
            var seed = match.Groups["seed"].Value;
            // A failure is known by its cause, a doubt by its flag.
            return new(note, seed.Length > 0 ? $"{flag}: {Particulars().Replace(reason, "#")}" : flag, flag,
                seed.Length > 0 ? $"{match.Groups["arm"].Value} {seed}" : match.Groups["arm"].Value, match.Groups["dataset"].Value, reason);
        }
    }
}
