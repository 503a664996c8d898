namespace AdaptCluster.Storage;

/// <summary>
/// The keys of the web page's cookies, so that every control silo reads what another has written, and after a restart too.
/// </summary>
internal sealed class CookieKeyTable(StoreAccess access)
{
    /// <summary>All keys, each an XML element.</summary>
    public Task<List<string>> CookieKeysAsync() =>
        access.ConnectAsync(connection => connection.QueryAsync(null, "SELECT xml FROM cookie_keys ORDER BY name", r => r.GetString(0)));

    /// <summary>Adds a key; one of this name that is there stays as it is.</summary>
    public Task AddCookieKeyAsync(string name, string xml) => access.TransactAsync(sql =>
        sql.Connection.ExecuteAsync(sql.Transaction, "INSERT INTO cookie_keys (name, xml) VALUES (@name, @xml) ON CONFLICT DO NOTHING",
            ("name", name), ("xml", xml)));
}
