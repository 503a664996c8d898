using System.Text;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Jobs that failed for the same reason.</summary>
/// <param name="Text">The error of the first job.</param>
/// <param name="Jobs">The jobs, in the given order.</param>
public sealed record FailureCause(string Text, IReadOnlyList<JobStatus> Jobs)
{
    /// <summary>The maximum length of a word in <see cref="Short"/>. Longer words, such as paths, are shortened in the middle.</summary>
    private const int LongestWord = 48;

    /// <summary>
    /// Groups failed jobs by their errors. Errors that differ only in paths or numbers, such as the image that has changed or the iteration
    /// at which a loss became infinite, have the same cause.
    /// </summary>
    /// <param name="failed">The jobs; jobs without an error share one cause.</param>
    /// <returns>The causes, in descending order of their number of jobs.</returns>
    public static IReadOnlyList<FailureCause> Of(IEnumerable<JobStatus> failed) => [.. failed
        .GroupBy(job => Kind(job.Error ?? ""))
        .Select(group => new FailureCause(group.First().Error ?? "no reason was reported", [.. group]))
        .OrderByDescending(cause => cause.Jobs.Count)];

    /// <summary>The paths that the errors of the jobs name; null if they name none.</summary>
    public ErrorPaths? Paths { get; } = ErrorPaths.Of(Jobs.Select(job => job.Error ?? ""));

    /// <summary>The error of the first job. A path that differs between the jobs is reduced to the folder that they share.</summary>
    public string Summary => Paths?.Shorten(Text) ?? Text;

    /// <summary>Returns one error per cause: the first of all errors that differ only in paths or numbers.</summary>
    /// <param name="errors">The errors.</param>
    public static string[] Kinds(IEnumerable<string> errors) => [.. errors.DistinctBy(Kind)];

    /// <summary>Shortens long words in a string, such as paths, in the middle.</summary>
    /// <param name="text">The text.</param>
    public static string Short(string text) => string.Join(' ', text.Split(' ').Select(word =>
        word.Length <= LongestWord ? word : $"{word[..(LongestWord / 3)]}…{word[^(LongestWord * 2 / 3)..]}"));

    private static string Kind(string error) => WithoutNumbers(ErrorPaths.Mask(error));

    /// <summary>
    /// Replaces each sequence of digits in a string with "#". Digits within a word, such as a hexadecimal file name, are kept.
    /// </summary>
    private static string WithoutNumbers(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var insideWord = i > 0 && (char.IsLetter(text[i - 1]) || text[i - 1] is '/' or '_' or '-');
            if (!char.IsAsciiDigit(text[i]) || insideWord)
            {
                plain.Append(text[i]);
                // Digits in a word that also has letters belong to a name.
                if (char.IsAsciiDigit(text[i]))
                    while (i + 1 < text.Length && char.IsAsciiLetterOrDigit(text[i + 1])) plain.Append(text[++i]);
                continue;
            }
            while (i + 1 < text.Length && char.IsAsciiDigit(text[i + 1])) i++;
            plain.Append('#');
        }
        return plain.ToString();
    }
}
