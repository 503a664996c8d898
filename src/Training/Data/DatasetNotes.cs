using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Data;

/// <summary>Provides notes on a data set that users should read before they compare its results with other results.</summary>
public static partial class DatasetNotes
{
    private const int ShownClasses = 4;
    private const int ShownGroups = 5;

    private static bool IsWordless(string name) => WordNetId().IsMatch(name) || !Word().IsMatch(name);

    [GeneratedRegex(@"^n\d{4,}")]
    private static partial Regex WordNetId();

    // Two adjacent letters, or one letter of a script in which a single letter can be a word.
    [GeneratedRegex(@"\p{L}\p{L}|\p{Lo}")]
    private static partial Regex Word();

    /// <summary>Returns the notes, each a sentence without a full stop.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="shots">The number of training images per class, at least 1.</param>
    /// <param name="template">The prompt template; null for the data set's own.</param>
    /// <exception cref="Contracts.InvalidInputException">The template has no "{}".</exception>
    public static IEnumerable<string> Of(IDataset dataset, int shots, string? template)
    {
        foreach (var note in dataset.Notes(shots)) yield return note;
        var wordless = dataset.ClassNames.Where(IsWordless).ToList();
        if (2 * wordless.Count > dataset.ClassNames.Count)
        {
            yield return $"{wordless.Count} of {dataset.ClassNames.Count} class names contain no word, for example '{wordless[0]}', "
                + $"so the prompts do not describe these classes; "
                + "rename them with the data set's key 'names'";
        }
        var texts = dataset.Texts(template);
        // Texts that are equal after the tokenizer's cleaning cannot distinguish classes.
        var groups = Enumerable.Range(0, texts.Count).GroupBy(label => TextCleaner.Clean(texts[label]))
            .Where(group => group.Count() > 1).ToList();
        foreach (var group in groups.Take(ShownGroups))
        {
            var names = group.Take(ShownClasses).Select(label => $"'{dataset.ClassNames[label]}'");
            var more = group.Count() > ShownClasses ? $" and {group.Count() - ShownClasses} more" : "";
            yield return $"the classes {string.Join(", ", names)}{more} have the same prompt '{texts[group.First()]}', "
                + "so no model can distinguish them";
        }
        if (groups.Count <= ShownGroups) yield break;
        yield return CountText.Of(groups.Count - ShownGroups, "more group of classes shares", "more groups of classes share") + " a prompt";
    }
}
