using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Plots;
using AdaptCluster.Web.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AdaptCluster.Web.Sweeps;

/// <summary>Serves the same figures of a sweep that <c>sweep plot</c> draws. Anyone who can see the page can download them.</summary>
internal static class SweepFigures
{
    private static readonly (string Ending, string Type, FigureFormat Format)[] Formats =
        [("svg", "image/svg+xml", FigureFormat.Svg), ("pdf", "application/pdf", FigureFormat.Pdf)];

    /// <summary>
    /// The maximum number of cells or points in a figure. A larger figure would use too much of the memory that the grains need.
    /// </summary>
    private const int MostValues = 5_000;

    /// <summary>Limits drawing to one figure at a time, because drawing occupies a core that the silo needs for its grains.</summary>
    private static readonly SemaphoreSlim One = new(1);

    /// <summary>The file extensions, each with the upper-case name that links show.</summary>
    public static IEnumerable<(string Ending, string Name)> Links =>
        Formats.Select(format => (format.Ending, format.Ending.ToUpperInvariant()));

    /// <summary>Returns the URL path of the table as a heat map.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="ending">A file extension from <see cref="Links"/>.</param>
    public static string TableAddress(string sweep, string ending) => $"/sweeps/{sweep}/table.{ending}";

    /// <summary>Returns the URL path of the figure that shows accuracy over a setting.</summary>
    /// <param name="sweep">The sweep's id.</param>
    /// <param name="ending">A file extension from <see cref="Links"/>.</param>
    /// <param name="axis">The setting.</param>
    public static string AxisAddress(string sweep, string ending, string axis) =>
        $"/sweeps/{sweep}/axis.{ending}?axis={Uri.EscapeDataString(axis)}";

    /// <summary>Maps the figures.</summary>
    /// <param name="app">The host's endpoints.</param>
    public static void MapSweepFigures(this IEndpointRouteBuilder app)
    {
        foreach (var (ending, type, format) in Formats)
        {
            app.MapGet($"/sweeps/{{Id}}/table.{ending}", (string id, HttpContext context) =>
                SendAsync(context, id, $"table.{ending}", type, format, async sweep =>
                {
                    var results = await sweep.ResultsAsync();
                    return (results.Rows.Length * results.Datasets.Length, () => TablePlot.Draw(results));
                }));
            app.MapGet($"/sweeps/{{Id}}/axis.{ending}", (string id, string? axis, string? split, HttpContext context) =>
                SendAsync(context, id, $"axis.{ending}", type, format, async sweep =>
                {
                    var curves = Array.FindAll(await sweep.CurvesAsync(), curve => curve.Axis == (axis ?? AxisValues.TTarget));
                    return (curves.Sum(curve => curve.Points.Length),
                        () => AxisPlot.Draw(curves, axis ?? AxisValues.TTarget, dataset: null, TableFiles.SplitOf(split)));
                }));
        }
    }

    private static Task<IResult> SendAsync(HttpContext context, string id, string file, string type, FigureFormat format,
        Func<ICoordinatorGrain, Task<(int Values, Func<Figure> Draw)>> readAsync) => PageFile.AnswerAsync(context, async () =>
    {
        var reader = ClusterReader.Of(context);
        var sweep = await reader.Front.FindAsync(id);
        var (values, draw) = await readAsync(reader.Coordinator(sweep));
        if (values > MostValues)
            throw new InvalidInputException(
                $"The figure has {values} values, but the maximum here is {MostValues}; use 'sweep plot {sweep}'.");
        await One.WaitAsync(context.RequestAborted);
        try
        {
            return Results.File(draw().ToBytes(format), type, $"{sweep}.{file}");
        }
        // There is nothing to draw yet, which must not be reported as a lost cluster.
        catch (AdaptClusterException e) when (e.GetType() == typeof(AdaptClusterException))
        {
            throw new InvalidInputException(e.Message, e);
        }
        finally
        {
            One.Release();
        }
    });
}
