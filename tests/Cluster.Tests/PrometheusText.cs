using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// A scrape in Prometheus' text format 0.0.4, read strictly: names and labels of the allowed form, every sample under the type of its
/// family, no series twice.
/// </summary>
internal sealed partial class PrometheusText
{
    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary", "untyped"];

    /// <summary>The type of each family.</summary>
    public Dictionary<string, string> Families { get; } = [];

    public List<Sample> Samples { get; } = [];

    public static PrometheusText Parse(string text)
    {
        var scrape = new PrometheusText();
        var series = new HashSet<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                if (words.Length != 4 || !Types.Contains(words[3]) || !scrape.Families.TryAdd(words[2], words[3]))
                    throw new FormatException(line);
            }
            else if (line[0] != '#')
            {
                var sample = Read(line);
                if (!series.Add($"{sample.Name} {string.Join(',', sample.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))}"))
                    throw new FormatException($"twice: {line}");
                if (!scrape.HasFamily(sample.Name)) throw new FormatException($"of no type: {line}");
                scrape.Samples.Add(sample);
            }
        }
        return scrape;
    }

    /// <summary>The sum of the samples with a name and at least these labels; null where there is none.</summary>
    public double? Sum(string name, params (string Label, string Value)[] labels)
    {
        var fitting = Samples.Where(sample => sample.Name == name
            && labels.All(label => sample.Labels.GetValueOrDefault(label.Label) == label.Value)).ToArray();
        return fitting.Length == 0 ? null : fitting.Sum(sample => sample.Value);
    }

    private bool HasFamily(string sample) => Families.ContainsKey(sample)
        || ((string[])["_bucket", "_sum", "_count"]).Any(end => sample.EndsWith(end, StringComparison.Ordinal)
            && Families.GetValueOrDefault(sample[..^end.Length]) == "histogram");

    private static Sample Read(string line)
    {
        var match = SampleLine().Match(line);
        if (!match.Success) throw new FormatException(line);
        var labels = new Dictionary<string, string>();
        for (var i = 0; i < match.Groups["label"].Captures.Count; i++)
            if (!labels.TryAdd(match.Groups["label"].Captures[i].Value, Unescape(match.Groups["text"].Captures[i].Value)))
                throw new FormatException($"a label twice: {line}");
        var number = match.Groups["value"].Value;
        return new Sample(match.Groups["name"].Value, labels, number switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
        });
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++) plain.Append(text[i] != '\\' ? text[i] : text[++i] switch { 'n' => '\n', var c => c });
        return plain.ToString();
    }

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<text>([^"\\\n]|\\["\\n])*)",?)*\})? (?<value>\S+)( -?\d+)?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex SampleLine();

    internal sealed record Sample(string Name, Dictionary<string, string> Labels, double Value);
}
