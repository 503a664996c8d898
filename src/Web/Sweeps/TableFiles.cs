using System.Text;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Web.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AdaptCluster.Web.Sweeps;

/// <summary>Serves a sweep's table and spec for download. Anyone who can see the page can download them.</summary>
internal static class TableFiles
{
    private const string Csv = "table.csv", Markdown = "table.md", Latex = "table.tex", Spec = "spec.json";

    /// <summary>The file names under which a table can be downloaded, with the names of the formats.</summary>
    public static IReadOnlyList<(string File, string Name)> Formats { get; } = [(Csv, "CSV"), (Markdown, "Markdown"), (Latex, "LaTeX")];

    /// <summary>Returns the URL path of a sweep's spec.</summary>
    /// <param name="sweep">The sweep's id.</param>
    public static string SpecAddress(string sweep) => $"/sweeps/{sweep}/{Spec}";

    /// <summary>Returns the split whose accuracies a name in a URL selects; the test split if the name is missing or unknown.</summary>
    /// <param name="name">A name such as "validation".</param>
    public static AccuracySplit SplitOf(string? name) => name switch
    {
        "validation" => AccuracySplit.Validation,
        "both" => AccuracySplit.Both,
        _ => AccuracySplit.Test,
    };

    /// <summary>Maps the files.</summary>
    /// <param name="app">The host's endpoints.</param>
    public static void MapTableFiles(this IEndpointRouteBuilder app)
    {
        foreach (var (file, format, type) in (ReadOnlySpan<(string, string, string)>)
            [(Csv, "csv", "text/csv"), (Markdown, "md", "text/markdown"), (Latex, "latex", "application/x-tex")])
        {
            app.MapGet($"/sweeps/{{Id}}/{file}", (string id, string? split, HttpContext context, IClusterClient client) =>
                SendAsync(context, client, id, file, type, async sweep =>
                {
                    var text = new StringWriter { NewLine = "\n" };
                    TableWriter.Write(text, await client.GetGrain<ICoordinatorGrain>(sweep.Value).ResultsAsync(), format, SplitOf(split));
                    return text.ToString();
                }));
        }
        app.MapGet($"/sweeps/{{Id}}/{Spec}", (string id, HttpContext context, IClusterClient client) =>
            SendAsync(context, client, id, Spec, "application/json", async sweep =>
                await SpecAsync(client.GetGrain<ICoordinatorGrain>(sweep.Value))));
    }

    /// <summary>Returns the spec of a sweep.</summary>
    /// <param name="sweep">The sweep's table grain.</param>
    public static async Task<string> SpecAsync(ICoordinatorGrain sweep) =>
        // No job has a position this high, so the response contains no jobs but only the header with the spec.
        (await sweep.RunsAsync(new JobPosition(int.MaxValue))).SpecJson;

    private static Task<IResult> SendAsync(HttpContext context, IClusterClient client, string id, string file, string type,
        Func<SweepId, Task<string>> read) => PageFile.AnswerAsync(context, async () =>
        {
            var sweep = await client.GetGrain<IFrontGrain>(0).FindAsync(id);
            return Results.File(Encoding.UTF8.GetBytes(await read(sweep)), $"{type}; charset=utf-8", $"{sweep}.{file}");
        });
}
