using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Web.Submit;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AdaptCluster.Web.Api;

/// <summary>
/// The API calls that plan, submit and change sweeps. The grains record the caller in the audit log, as for actions on the pages.
/// </summary>
internal static class ApiChanges
{
    public static readonly ApiParameter Name = new("name", "The sweep's name, instead of the name in the spec.");

    public static readonly ApiParameter Pool = new("pool", "The pool of silos to train on. Default: the control silo's pool.");

    public static readonly ApiParameter Priority = new("priority", "Sweeps with a higher priority run first. Default: 0.")
    {
        IsNumber = true,
    };

    public static readonly ApiParameter Parallel = new("parallel",
        "Maximum number of packs that train at once; 0, the default, means no limit.")
    {
        IsNumber = true,
        Least = 0,
    };

    public static readonly ApiParameter NoCache = new("noCache", "Run every job, even if an earlier sweep already has its result.")
    {
        IsFlag = true,
    };

    public static readonly ApiParameter Now = new("now", "Also stop the running jobs; they later resume from their last epoch.")
    {
        IsFlag = true,
    };

    public static readonly ApiParameter Missing = new("missing",
        "Whether to retry every job without a result (failed or cancelled). Default: only failed jobs.")
    { IsFlag = true };

    /// <summary>Plans a spec.</summary>
    public static async Task<IResult> PlanAsync(HttpContext context)
    {
        var (text, source) = await ReadSpecAsync(context);
        try
        {
            var preview = await ClusterReader.Of(context).PlanAsync(Named(context, text, source), source, Submitter(context));
            return ApiReads.Json(PlanDocument.Of(preview, workers: null));
        }
        catch (InvalidInputException e)
        {
            throw ApiException.OfSpec(text, e);
        }
    }

    /// <summary>Submits a spec.</summary>
    public static async Task<IResult> SubmitAsync(HttpContext context)
    {
        var (change, cluster) = (ChangeOf(context), ClusterReader.Of(context));
        var options = new SubmitOptions
        {
            Priority = change.Priority ?? 0,
            Parallel = change.Parallel ?? 0,
            Pool = change.Pool,
            UseCache = !NoCache.Flag(context),
            SubmittedBy = Submitter(context),
        };
        var (text, source) = await ReadSpecAsync(context);
        SweepId id;
        try
        {
            id = await cluster.Front.SubmitAsync(Named(context, text, source), source, options);
        }
        catch (InvalidInputException e)
        {
            throw ApiException.OfSpec(text, e);
        }
        await ApplyAsync(cluster, id, change);
        Expire(context, id);
        context.Response.Headers.Location = $"{ApiRoutes.Sweeps}/{id}";
        return ApiReads.Json(new SubmittedSweep(id.Value), status: StatusCodes.Status202Accepted);
    }

    public static Task<IResult> CancelAsync(string id, HttpContext context) => ActAsync(id, context, sweep => sweep.CancelAsync());

    public static Task<IResult> PauseAsync(string id, HttpContext context)
    {
        var now = Now.Flag(context);
        return ActAsync(id, context, sweep => sweep.PauseAsync(now));
    }

    public static Task<IResult> ResumeAsync(string id, HttpContext context) => ActAsync(id, context, sweep => sweep.ResumeAsync());

    public static Task<IResult> RetryAsync(string id, HttpContext context)
    {
        var which = Missing.Flag(context) ? RetryScope.Missing : RetryScope.Failed;
        return ActAsync(id, context, sweep => sweep.RetryAsync(which));
    }

    public static Task<IResult> SetAsync(string id, HttpContext context)
    {
        var change = ChangeOf(context);
        return change == new ShareChange() ? throw new InvalidInputException("set: write at least one of priority, parallel and pool.")
            : ActAsync(id, context, sweep => sweep.SetAsync(change));
    }

    /// <summary>Performs an action on a sweep and returns its new status.</summary>
    private static Task<IResult> ActAsync(string id, HttpContext context, Func<ISweepGrain, Task> act) =>
        ApiReads.OfSweepAsync(id, context, async (cluster, sweep) =>
        {
            await ApiException.AsAsync(StatusCodes.Status409Conflict, DoneAsync(act(cluster.Sweep(sweep))));
            Expire(context, sweep);
            var status = await cluster.Reads.StatusAsync(sweep);
            return ApiReads.Json(status, sweep);
        });

    /// <summary>Expires the cached status and table of a sweep after a change.</summary>
    private static void Expire(HttpContext context, SweepId sweep)
    {
        ApiReads.Shared(context).Expire<SweepStatus>(sweep.Value);
        ApiReads.Shared(context).Expire<SweepResults>(sweep.Value);
    }

    private static async Task<bool> DoneAsync(Task act)
    {
        await act;
        return true;
    }

    /// <summary>
    /// Applies options that are given explicitly to an existing sweep, which otherwise keeps the options from its first submission.
    /// </summary>
    private static async Task ApplyAsync(ClusterReader cluster, SweepId id, ShareChange change)
    {
        if (change == new ShareChange()) return;
        if (change.Changes(await cluster.Sweep(id).StatusAsync())) await cluster.Sweep(id).SetAsync(change);
    }

    private static ShareChange ChangeOf(HttpContext context)
    {
        var pool = Pool.Text(context);
        if (pool is not null && !PoolName.IsValid(pool))
            throw new InvalidInputException($"pool: found '{PrintableText.OneLine(pool)}'; write {PoolName.Rule}.");
        return new ShareChange { Priority = Priority.Number(context), Parallel = Parallel.Number(context), Pool = pool };
    }

    private static string Named(HttpContext context, string text, string source) =>
        SpecNames.Give(text, source, Name.Text(context) ?? "");

    /// <summary>Returns the name of the logged-in user, who is recorded as the submitter; "api" if no user is logged in.</summary>
    private static string Submitter(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? CallerName.Shorten(name) : "api";

    /// <summary>Reads the spec from the request body. The server refuses a body that exceeds the size limit for specs.</summary>
    private static async Task<(string Text, string Source)> ReadSpecAsync(HttpContext context)
    {
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        var source = type?.ToLowerInvariant() switch
        {
            "application/json" => SpecNames.Pasted,
            "application/yaml" or "application/x-yaml" or "text/yaml" => $"{SpecNames.Pasted}.yaml",
            // A page of another site can send a form's content types without a preflight request, but not JSON.
            _ => throw new ApiException(StatusCodes.Status415UnsupportedMediaType,
                $"Content-Type: found {(type is null ? "none" : $"'{PrintableText.OneLine(type)}'")}; send the spec as application/json or "
                + "application/yaml."),
        };
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        try
        {
            var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
            if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
            return (new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), source);
        }
        catch (DecoderFallbackException)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"{source}: it is not valid UTF-8; save it as UTF-8.");
        }
    }
}
