using System.Text;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Jobs that failed for one reason.</summary>
/// <param name="Text">The error of the first of them.</param>
/// <param name="Jobs">The jobs, in the order in which they were given.</param>
public sealed record FailureCause(string Text, IReadOnlyList<JobStatus> Jobs)
{
    /// <summary>Longest word of <see cref="Short"/>; longer ones, such as paths, lose their middle.</summary>
    private const int LongestWord = 48;

    /// <summary>
    /// Groups failed jobs by their errors. Errors that differ in numbers alone, such as the iteration at which a loss became infinite, are
    /// one cause.
    /// </summary>
    /// <param name="failed">The jobs; those without an error have one cause of their own.</param>
    /// <returns>The cause of the most jobs first.</returns>
    public static IReadOnlyList<FailureCause> Of(IEnumerable<JobStatus> failed) => [.. failed
        .GroupBy(job => WithoutNumbers(job.Error ?? ""))
        .Select(group => new FailureCause(group.First().Error ?? "no reason was reported", [.. group]))
        .OrderByDescending(cause => cause.Jobs.Count)];

    /// <summary>One error of each cause, the first of those that differ in numbers alone.</summary>
    /// <param name="errors">The errors.</param>
    public static string[] Kinds(IEnumerable<string> errors) => [.. errors.DistinctBy(WithoutNumbers)];

    /// <summary>A text whose long words, such as paths, are shortened in their middle.</summary>
    /// <param name="text">The text.</param>
    public static string Short(string text) => string.Join(' ', text.Split(' ').Select(word =>
        word.Length <= LongestWord ? word : $"{word[..(LongestWord / 3)]}…{word[^(LongestWord * 2 / 3)..]}"));

    /// <summary>The text with each run of digits replaced; a hexadecimal name of a file stays itself.</summary>
    private static string WithoutNumbers(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var insideWord = i > 0 && (char.IsLetter(text[i - 1]) || text[i - 1] is '/' or '_' or '-');
            if (!char.IsAsciiDigit(text[i]) || insideWord)
            {
                plain.Append(text[i]);
                // What stands in one word with letters is a name.
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
