using System.Text;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Web.Sweeps;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Web.Api;

/// <summary>The API calls that read sweeps. They return the documents that the commands print with <c>--json</c>.</summary>
internal static class ApiReads
{
    private const int DefaultLimit = 100, MostAtOnce = 1000;

    public static readonly ApiParameter State = new("state", "Only sweeps in this state; can be repeated.")
    {
        Words = SweepListing.StateNames,
        IsMany = true,
    };

    public static readonly ApiParameter Tag = new("tag", "Only sweeps with this tag.");

    public static readonly ApiParameter Sort = new("sort",
        "The order: submitted (the default, newest first), name, state, jobs (most first), failed (most first) or by (submitter).")
    {
        Words = SweepListing.Sorts,
    };

    public static readonly ApiParameter Limit = new("limit", $"The maximum number of items to return. Default: {DefaultLimit}.")
    {
        IsNumber = true,
        Least = 1,
        Most = MostAtOnce,
    };

    public static readonly ApiParameter AfterSweep = new("after",
        "The id of the last sweep on the previous page. Every page except the last has a Link header to the next one.");

    public static readonly ApiParameter AfterJob = new("after",
        "The number of jobs to skip. Every page except the last has a Link header to the next one.")
    { IsNumber = true, Least = 0 };

    public static readonly ApiParameter Step = new("step", "Return only the masks after this prune step; 0 means before the first.")
    {
        IsNumber = true,
        Least = 0,
    };

    /// <summary>Lists sweeps.</summary>
    public static async Task<IResult> ListAsync(HttpContext context)
    {
        var (limit, after, tag) = (Limit.Number(context) ?? DefaultLimit, AfterSweep.Text(context), Tag.Text(context));
        SweepListing.CheckTag(tag, Tag.Name);
        // One more than the limit is read, to tell whether there is another page.
        var listing = new SweepListing(
            State.All(context), tag, Sort.Text(context) ?? SweepListing.Newest, after is null ? limit + 1 : int.MaxValue);
        var (_, _, sweeps) = await listing.ReadAsync(ClusterReader.Of(context).Reads);
        if (after is not null) sweeps = await RestAsync(ClusterReader.Of(context).Reads, listing, sweeps, after);
        if (sweeps.Count > limit) LeadOn(context, ApiRoutes.Sweeps, sweeps[limit - 1].Id);
        return Json(sweeps.Take(limit));
    }

    /// <summary>Returns the sweeps in a list that come after the given sweep, even if that sweep is no longer in the list.</summary>
    /// <exception cref="InvalidInputException">The given sweep does not exist.</exception>
    private static async Task<List<SweepSummary>> RestAsync(
        ISweepReads reads, SweepListing listing, List<SweepSummary> sweeps, string after)
    {
        if (sweeps.FindIndex(sweep => sweep.Id == after) is >= 0 and var at) return sweeps[(at + 1)..];
        // The sweep was on the previous page, and its state or tags have changed since then.
        var (_, _, all) = await (listing with { States = [], Tag = null }).ReadAsync(reads);
        var place = all.FindIndex(sweep => sweep.Id == after);
        if (place < 0)
            throw new InvalidInputException(
                $"after: found '{PrintableText.OneLine(after)}', which is not a sweep; start again without after.");
        var earlier = all.Take(place).Select(sweep => sweep.Id).ToHashSet();
        return [.. sweeps.Where(sweep => !earlier.Contains(sweep.Id))];
    }

    /// <summary>Returns the status of a sweep.</summary>
    public static Task<IResult> StatusAsync(string id, HttpContext context) => OfSweepAsync(id, context, async (cluster, sweep) =>
        Json(await Shared(context).ReadAsync<SweepStatus>(sweep.Value, _ => cluster.Reads.StatusAsync(sweep)), sweep));

    /// <summary>Returns the table of a sweep.</summary>
    public static Task<IResult> ResultsAsync(string id, HttpContext context) => OfSweepAsync(id, context, async (cluster, sweep) =>
        Json(await Shared(context).ReadAsync<SweepResults>(sweep.Value, _ => cluster.Reads.ResultsAsync(sweep)), sweep));

    /// <summary>Returns the jobs of a sweep.</summary>
    public static Task<IResult> JobsAsync(string id, HttpContext context) => OfSweepAsync(id, context, async (cluster, sweep) =>
    {
        var (after, limit) = (AfterJob.Number(context) ?? 0, Limit.Number(context) ?? DefaultLimit);
        var (jobs, more) = await SweepJobs.ReadAsync(cluster.Reads, sweep, after, limit);
        // The link contains the sweep's own id, because "latest" may be a different sweep by the next page.
        if (more) LeadOn(context, $"{ApiRoutes.Sweeps}/{sweep}/jobs", $"{after + jobs.Runs.Length}");
        return Json(jobs, sweep);
    });

    /// <summary>Returns the spec of a sweep.</summary>
    public static Task<IResult> SpecAsync(string id, HttpContext context) => OfSweepAsync(id, context, async (cluster, sweep) =>
        Json(JsonNode.Parse(await TableFiles.SpecAsync(cluster.Coordinator(sweep)))));

    /// <summary>Returns a job with its attempts and the origin of its result.</summary>
    public static Task<IResult> JobAsync(string id, string job, HttpContext context) => OfSweepAsync(id, context, async (cluster, sweep) =>
        // Finding the most similar jobs of other sweeps takes seconds, so it is not done for a read-only token.
        Json(await ApiException.AsAsync(StatusCodes.Status404NotFound, PageClaims.IsReadOnly(context.User)
            ? cluster.Reads.JobAsync(sweep, job) : cluster.Reads.ExplainAsync(sweep, job)), sweep));

    /// <summary>Returns the epochs of a job.</summary>
    public static Task<IResult> CurveAsync(string id, string job, HttpContext context) =>
        OfSweepAsync(id, context, async (cluster, sweep) =>
            Json(JobCurve.Of(await ApiException.AsAsync(StatusCodes.Status404NotFound, cluster.Reads.HistoryAsync(sweep, job))), sweep));

    /// <summary>Returns the masks of a job.</summary>
    public static Task<IResult> MasksAsync(string id, string job, HttpContext context) =>
        OfSweepAsync(id, context, async (cluster, sweep) =>
        {
            var step = Step.Number(context);
            var history = await ApiException.AsAsync(StatusCodes.Status404NotFound, cluster.Reads.HistoryAsync(sweep, job));
            return Json(JobMasks.Of(history, step), sweep);
        });

    /// <summary>Finds a sweep, passes it to a read and returns the result.</summary>
    /// <exception cref="ApiException">No sweep matches the id, or more than one sweep matches it.</exception>
    public static async Task<IResult> OfSweepAsync(string id, HttpContext context, Func<ClusterReader, SweepId, Task<IResult>> read)
    {
        var cluster = ClusterReader.Of(context);
        return await read(cluster, await ApiException.AsAsync(StatusCodes.Status404NotFound, cluster.Reads.FindAsync(id)));
    }

    /// <summary>Returns a document in the same form in which the commands print it.</summary>
    /// <param name="value">An object or a list of objects.</param>
    /// <param name="sweep">The sweep that the object describes; null if it describes no sweep or each object contains its id.</param>
    /// <param name="status">The HTTP status.</param>
    public static IResult Json<T>(T value, SweepId? sweep = null, int status = StatusCodes.Status200OK) => Results.Text(
        JsonOutput.Node(value, sweep)?.ToJsonString(AdaptClusterJson.Indented) + "\n", "application/json", Encoding.UTF8, status);

    /// <summary>Returns the cache of reads that all pages share.</summary>
    public static SharedReads Shared(HttpContext context) => context.RequestServices.GetRequiredService<SharedReads>();

    /// <summary>
    /// Adds a link to the next page (RFC 8288). The link is a path, because the silo cannot tell which host name callers use.
    /// </summary>
    private static void LeadOn(HttpContext context, string path, string after)
    {
        var query = new QueryBuilder(context.Request.Query.Where(one => one.Key != AfterSweep.Name)) { { AfterSweep.Name, after } };
        context.Response.Headers.Link = $"<{context.Request.PathBase}{path}{query}>; rel=\"next\"";
    }
}
