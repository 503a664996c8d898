using System.Globalization;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>Creates a shell command that submits a sweep again, for users to paste into a terminal.</summary>
internal static class SweepCommand
{
    /// <summary>
    /// Returns a command that writes the spec to a file and submits it. The spec is untrusted: nothing in it can end the here-document
    /// early, and it contains no control characters. The command does not specify the pool, because it is unknown whether the submitter
    /// chose it or used the silo's default. A standalone silo would refuse a pool that it does not serve.
    /// </summary>
    /// <param name="spec">The spec.</param>
    /// <param name="status">The sweep's status, with its queue options.</param>
    public static string Of(string spec, SweepStatus status)
    {
        var text = Printable(spec.ReplaceLineEndings("\n").TrimEnd('\n'));
        var end = "SPEC";
        for (var lines = text.Split('\n'); lines.Contains(end); end += "_") { }
        // An id contains no characters that are special to a shell.
        var file = $"{status.Summary.Id}.json";
        var options = new StringBuilder();
        if (status.Priority != 0) options.Append(CultureInfo.InvariantCulture, $" --priority {status.Priority}");
        if (status.Parallel != 0) options.Append(CultureInfo.InvariantCulture, $" --parallel {status.Parallel}");
        return $"cat > {file} <<'{end}'\n{text}\n{end}\n./sweep submit {file}{options}";
    }

    private static string Printable(string text) => string.Join('\n', text.Split('\n').Select(line =>
        string.Join('\t', line.Split('\t').Select(PrintableText.OneLine))));
}
