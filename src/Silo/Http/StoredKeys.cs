using System.Xml.Linq;
using AdaptCluster.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Keeps the keys for cookies and antiforgery tokens in the store, so that a browser can use any control silo and stays logged in when a
/// silo restarts. Anyone who can read the store can forge login cookies (docs/operators/security.md).
/// </summary>
internal sealed class StoredKeys(IServiceProvider services) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. StoreServices.CookieKeysAsync(services).GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) =>
        StoreServices.AddCookieKeyAsync(services, friendlyName, element.ToString(SaveOptions.DisableFormatting)).GetAwaiter().GetResult();
}
