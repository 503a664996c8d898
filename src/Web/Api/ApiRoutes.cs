using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using AdaptCluster.Sweeps.Specs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace AdaptCluster.Web.Api;

/// <summary>Maps the API's routes. As for the pages, the host decides who can use them.</summary>
internal static class ApiRoutes
{
    private const string Base = $"{ApiProblems.Root}/v1";

    /// <summary>The path of the list of sweeps.</summary>
    public const string Sweeps = $"{Base}/sweeps";

    /// <summary>Maps the routes.</summary>
    /// <param name="app">The host's endpoints.</param>
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup(Base).AddEndpointFilter(GuardAsync);
        MapReads(api);
        MapChanges(api);
        app.MapApiDocument();
        app.Map($"{ApiProblems.Root}/{{**rest}}", RefuseRoute).ExcludeFromDescription();
    }

    /// <summary>
    /// Responds to a request that matches no route. If only the method is wrong, the response is 405 with the route's methods (RFC 9110,
    /// section 15.5.6), otherwise 404.
    /// </summary>
    private static IResult RefuseRoute(HttpContext context, EndpointDataSource endpoints)
    {
        var request = $"{context.Request.Method} {context.Request.Path}";
        var methods = endpoints.Endpoints.OfType<RouteEndpoint>().Where(endpoint => Fits(endpoint.RoutePattern, context.Request.Path))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Distinct().ToArray();
        if (methods.Length == 0)
            return ApiProblems.Of(StatusCodes.Status404NotFound,
                $"{request}: there is no such route; {ApiDocument.Path} lists all routes.");
        context.Response.Headers.Allow = string.Join(", ", methods);
        return ApiProblems.Of(StatusCodes.Status405MethodNotAllowed, $"{request}: use {string.Join(" or ", methods)} for this route.");
    }

    private static bool Fits(RoutePattern pattern, PathString path) =>
        pattern.RawText?.StartsWith($"{ApiProblems.Root}/", StringComparison.Ordinal) == true
        && new TemplateMatcher(new RouteTemplate(pattern), []).TryMatch(path, []);

    private static void MapReads(RouteGroupBuilder api)
    {
        // Without the cast, a method whose only parameter is the request would bind to the overload that ignores its result.
        api.MapGet("/sweeps", (Delegate)ApiReads.ListAsync)
            .Answers<SweepSummary[]>("listSweeps", "Lists the sweeps, like 'sweep list --json'.")
            .Takes(ApiReads.State, ApiReads.Tag, ApiReads.Sort, ApiReads.Limit, ApiReads.AfterSweep);
        api.MapGet("/sweeps/{id}", ApiReads.StatusAsync).OfSweep<SweepStatus>("getSweep",
            "Returns the state, progress and failures of a sweep, like 'sweep status --json'.");
        api.MapGet("/sweeps/{id}/results", ApiReads.ResultsAsync).OfSweep<SweepResults>("getResults",
            "Returns the table of a sweep, like 'sweep results --json'; partial while the sweep runs.");
        api.MapGet("/sweeps/{id}/spec", ApiReads.SpecAsync).OfSweep<object>("getSpec", "Returns the spec of a sweep.");
        api.MapGet("/sweeps/{id}/jobs", ApiReads.JobsAsync).OfSweep<SweepJobs>("listJobs",
            "Returns the jobs behind the table page by page, like 'sweep results --runs --json'.")
            .Takes(ApiReads.Limit, ApiReads.AfterJob);
        api.MapGet("/sweeps/{id}/jobs/{job}", ApiReads.JobAsync).OfSweep<JobDetail>("getJob",
            "Returns a job with its attempts and the origin of its result, like 'sweep explain --json'.");
        api.MapGet("/sweeps/{id}/jobs/{job}/curve", ApiReads.CurveAsync).OfSweep<JobCurve>("getCurve",
            "Returns the epochs of a job, like 'sweep curves --json'.");
        api.MapGet("/sweeps/{id}/jobs/{job}/masks", ApiReads.MasksAsync).OfSweep<JobMasks>("getMasks",
            "Returns the masks of a job's context tokens, like 'sweep masks --json'.").MayConflict()
            .Takes(ApiReads.Step);
    }

    private static void MapChanges(RouteGroupBuilder api)
    {
        api.MapPost("/plan", (Delegate)ApiChanges.PlanAsync).Answers<PlanDocument>("planSweep",
            "Plans a spec without changing anything, like 'sweep plan --json' on a cluster.").TakesSpec()
            .Takes(ApiChanges.Name);
        api.MapPost("/sweeps", (Delegate)ApiChanges.SubmitAsync).Answers<SubmittedSweep>("submitSweep",
            "Submits a spec. Submitting the same spec over the same files again resumes the existing sweep.", StatusCodes.Status202Accepted)
            .TakesSpec().Takes(ApiChanges.Name, ApiChanges.Pool, ApiChanges.Priority, ApiChanges.Parallel, ApiChanges.NoCache);
        api.MapPost("/sweeps/{id}/cancel", ApiChanges.CancelAsync).OfSweep<SweepStatus>("cancelSweep",
            "Cancels a sweep; finished jobs keep their results. The sweep is 'cancelling' until every worker has stopped.").MayConflict();
        api.MapPost("/sweeps/{id}/pause", ApiChanges.PauseAsync).OfSweep<SweepStatus>("pauseSweep",
            "Pauses a sweep; running jobs finish first.").MayConflict().Takes(ApiChanges.Now);
        api.MapPost("/sweeps/{id}/resume", ApiChanges.ResumeAsync).OfSweep<SweepStatus>("resumeSweep",
            "Resumes a paused, cancelled or interrupted sweep.").MayConflict();
        api.MapPost("/sweeps/{id}/retry", ApiChanges.RetryAsync).OfSweep<SweepStatus>("retrySweep",
            "Runs the failed jobs of a sweep again, or all its jobs without a result.").MayConflict().Takes(ApiChanges.Missing);
        api.MapPost("/sweeps/{id}/set", ApiChanges.SetAsync).OfSweep<SweepStatus>("setSweep",
            "Changes the priority, parallelism or pool of a sweep; takes effect at once.").MayConflict()
            .Takes(ApiChanges.Priority, ApiChanges.Parallel, ApiChanges.Pool);
    }

    /// <summary>
    /// Converts errors to problem documents, and refuses requests that a browser may have sent on behalf of another site's page.
    /// </summary>
    private static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        try
        {
            if (!HttpMethods.IsGet(context.Request.Method) && PageClaims.CameByCookie(context.User)
                && context.Request.Headers.Origin.Count == 0)
                throw new ApiException(StatusCodes.Status403Forbidden,
                    "the request has a cookie but no Origin header, which identifies pages of this host; programs must send "
                    + "'Authorization: Bearer TOKEN' instead.");
            ApiParameter.Check(context);
            return await next(invocation);
        }
        catch (Exception e) when (ApiProblems.Of(e, context) is { } problem)
        {
            return problem;
        }
    }

    private static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder route, string name, string summary, int status = StatusCodes.Status200OK)
    {
        route.WithName(name).WithSummary(summary).WithTags("sweeps").Produces<T>(status);
        foreach (var refusal in (int[])[400, 401, 403, 503]) route.Refuses(refusal);
        return route;
    }

    private static RouteHandlerBuilder OfSweep<T>(this RouteHandlerBuilder route, string name, string summary) =>
        route.Answers<T>(name, summary).Refuses(StatusCodes.Status404NotFound);

    private static RouteHandlerBuilder MayConflict(this RouteHandlerBuilder route) => route.Refuses(StatusCodes.Status409Conflict);

    private static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, int status) =>
        route.Produces<ApiProblem>(status, "application/problem+json");

    private static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params ApiParameter[] parameters) =>
        route.WithMetadata([.. parameters]);

    private static RouteHandlerBuilder TakesSpec(this RouteHandlerBuilder route) => route.WithMetadata(new SpecBody())
        .Refuses(StatusCodes.Status413PayloadTooLarge).Refuses(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Marks a route that receives a spec as its body.</summary>
    internal sealed class SpecBody : IRequestSizeLimitMetadata
    {
        /// <inheritdoc/>
        public long? MaxRequestBodySize => SpecParser.MaxBytes;
    }
}
