using System.Globalization;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>The command that submits a sweep once more, to paste into a shell.</summary>
internal static class SweepCommand
{
    /// <summary>
    /// Writes the spec into a file and submits it. Others wrote the spec: nothing in it ends the text early, and no character of it
    /// controls a terminal. The pool is left out: nobody knows whether the sweep named it or took the silo's own, and the home where the
    /// command is pasted refuses a pool that it does not have.
    /// </summary>
    /// <param name="spec">The spec.</param>
    /// <param name="status">How it is queued.</param>
    public static string Of(string spec, SweepStatus status)
    {
        var text = Printable(spec.ReplaceLineEndings("\n").TrimEnd('\n'));
        var end = "SPEC";
        for (var lines = text.Split('\n'); lines.Contains(end); end += "_") { }
        // An id has no letter that a shell takes for anything else.
        var file = $"{status.Summary.Id}.json";
        var options = new StringBuilder();
        if (status.Priority != 0) options.Append(CultureInfo.InvariantCulture, $" --priority {status.Priority}");
        if (status.Parallel != 0) options.Append(CultureInfo.InvariantCulture, $" --parallel {status.Parallel}");
        return $"cat > {file} <<'{end}'\n{text}\n{end}\n./sweep submit {file}{options}";
    }

    private static string Printable(string text) => string.Join('\n', text.Split('\n').Select(line =>
        string.Join('\t', line.Split('\t').Select(PrintableText.OneLine))));
}
