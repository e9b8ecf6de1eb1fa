<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!--
  How an asset file reads: one HTML page for the screen and for A4 paper, chapter by chapter, with
  where each statement comes from. XSLT 1.0; no script, nothing fetched. Every text of the file
  goes through the serialiser, so none of it can become markup.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:ai="http://scap.nist.gov/schema/asset-identification/1.1"
    xmlns:core="http://scap.nist.gov/schema/reporting-core/1.1"
    xmlns:af="urn:cadastre:asset-file:1" exclude-result-prefixes="ai core af">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:key name="device" match="af:device" use="@id"/>
  <xsl:key name="services" match="af:service" use="@device"/>
  <xsl:key name="fact" match="af:fact[not(@until)]" use="@chapter"/>
  <xsl:key name="record" match="af:record" use="@chapter"/>
  <xsl:variable name="labels">|kind=类别|organisation=单位|address=地址|division=行政区划|importance=重要程度|part-of=上级|purdue-level=普渡层级|target-security-level=目标安全等级|protects=防护部位|function=功能|between=连接区域|protocols=允许协议|boundary-device=边界设备|system=系统|carrier=运营商|number=线路编号|counterpart=对端|bandwidth=带宽|addresses=地址段|device=接入设备|facility=机房|level=级别|class=类别|personal-information=个人信息|volume=总量|monthly-growth=月增量|records=条数|location=存放地|cross-border=出境|backup=备份|department=责任部门|responsible=责任岗位|supplier=供应商|service-kind=服务内容|service=系统服务|access-path=接入方式|secrecy-agreement=保密协议|valid-from=有效期起|valid-until=有效期止|path=接入路径|necessity=必要性|assessment=评估|control-measures=控制措施|controls=控制对象|holder=任职者代号|screened-on=背景审查|screening-until=审查有效至|trained-on=培训|sector=行业领域|key=关键业务|recovery-time=恢复时间目标|recovery-point=恢复点目标|manual-fallback=人工替代|role=角色|service-model=服务模式|deployment=部署方式|provider=提供者|platform=平台|platform-tier=平台等级|platform-filing-no=平台备案号|place=运维地点|parts=组成|transport=传输|reason=理由|assets=资产数|facts=事实数|of=范围|manages=管理|operates=运营|owns=所有|uses=使用|name=名称|credit-code=统一社会信用代码|unit-type=单位类型|affiliation=隶属关系|parent=上级单位|postcode=邮政编码|industry=行业代码|contact head=负责人联系|contact cybersecurity=网络安全联系|contact data-security=数据安全联系|service-scope=服务范围|counterparts=服务对象|lifecycle=生命周期|object-no=对象编号|business-type=业务类型|description=描述|technology=新技术|data-handled=处理的数据|network-nature=网络性质|interconnection=互联情况|in-service=投入使用|carried-by=承载平台|external=外部|supports=支撑业务|depends-on=依赖|needed-by=被依赖|tier=等级|information=业务信息|determined=定级日期|zone=安全域|area=区域|vlan=VLAN|prefix=网段规则|proposal=建议|merge=合并|split=拆分|retire=停用|revive=恢复|tag=标签|state=状态|l2=二层连接|l3=三层连接|flow=数据流|event merge=合并|event split=分立|event dissolve=解散|event rename=更名|mac=MAC|serial=序列号|product=产品|os=操作系统|vendor=厂商|</xsl:variable>
  <xsl:variable name="file" select="/ai:assets"/>
  <xsl:variable name="document" select="$file/ai:asset[1]//af:document"/>
  <xsl:variable name="title">
    <xsl:choose>
      <xsl:when test="$document/@of = 'system'"><xsl:value-of select="$file//af:system[@id = $document/@subject]/@name"/></xsl:when>
      <xsl:when test="$document/@of = 'asset'"><xsl:value-of select="key('device', $document/@subject)/@name"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$document/@realm"/></xsl:otherwise>
    </xsl:choose>
  </xsl:variable>

  <!-- ==== page ==== -->
  <xsl:template match="/">
    <html lang="zh-CN">
      <head>
        <meta charset="UTF-8"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>资产档案 Asset file: <xsl:value-of select="$title"/></title>
        <style><xsl:call-template name="css"/></style>
      </head>
      <body>
        <header>
          <p class="kind">资产档案 <span>Asset file</span></p>
          <h1><xsl:value-of select="$title"/></h1>
          <dl>
            <div><dt>对象 <span>Subject</span></dt><dd>
              <xsl:choose>
                <xsl:when test="$document/@of = 'system'">系统 System <code><xsl:value-of select="$document/@subject"/></code></xsl:when>
                <xsl:when test="$document/@of = 'asset'">资产 Asset <code><xsl:value-of select="$document/@subject"/></code></xsl:when>
                <xsl:otherwise>地址域 Realm</xsl:otherwise>
              </xsl:choose></dd></div>
            <div><dt>地址域 <span>Realm</span></dt><dd><xsl:value-of select="$document/@realm"/></dd></div>
            <div><dt>提供单位 <span>Given by</span></dt><dd><xsl:value-of select="$document/@sender"/></dd></div>
            <div><dt><xsl:choose>
              <xsl:when test="$document/@as-of">基准时间 <span>As of</span></xsl:when>
              <xsl:otherwise>最近记载 <span>True for</span></xsl:otherwise></xsl:choose></dt>
              <dd><xsl:call-template name="time"><xsl:with-param name="t" select="$document/@observed"/></xsl:call-template></dd></div>
            <div><dt>资产数 <span>Assets</span></dt><dd><xsl:value-of select="count($file//af:device)"/></dd></div>
            <div><dt>服务数 <span>Services</span></dt><dd><xsl:value-of select="count($file//af:service)"/></dd></div>
            <div><dt>事实数 <span>Statements</span></dt><dd><xsl:value-of select="count($file//af:fact) + count($file//af:record) + count($file//af:service) + count($file//af:software)"/></dd></div>
            <div><dt>最近批次 <span>Newest run</span></dt><dd><xsl:value-of select="$document/@newest-run"/></dd></div>
          </dl>
          <p class="legend"><b class="measured">实测 measured</b><b class="claimed">自称 claimed</b><b class="attested">证明 attested</b><b class="derived">推算 derived</b></p>
        </header>
        <nav>
          <h2 class="plain">目录 <span>Contents</span></h2>
          <ol><xsl:apply-templates select="$file//af:chapter" mode="contents"/></ol>
        </nav>
        <main><xsl:apply-templates select="$file//af:chapter" mode="chapter"/></main>
        <footer>事实的等级、来源、方法、批次和证据摘要随每条记载给出。<span>Every statement stands with its grade, source, method, run and the digest of its evidence. “登记簿无记载” means that the register holds nothing, not that there is nothing.</span></footer>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="af:chapter" mode="contents">
    <li><xsl:attribute name="class"><xsl:value-of select="@state"/></xsl:attribute>
      <a href="#{@name}"><xsl:call-template name="heading"/></a>
      <em><xsl:choose>
        <xsl:when test="@state = 'recorded'"><xsl:value-of select="@entries"/></xsl:when>
        <xsl:when test="@state = 'detached'">另附</xsl:when>
        <xsl:otherwise>–</xsl:otherwise>
      </xsl:choose></em></li>
  </xsl:template>

  <xsl:template match="af:chapter" mode="chapter">
    <section id="{@name}">
      <h2><i><xsl:value-of select="position()"/></i><xsl:call-template name="heading"/></h2>
      <xsl:choose>
        <xsl:when test="@state = 'not-recorded'"><p class="none">登记簿无记载 <span>Not recorded in the register</span></p></xsl:when>
        <xsl:when test="@name = 'identification'"><xsl:call-template name="identification"/></xsl:when>
        <xsl:when test="@name = 'organisation'"><xsl:call-template name="organisation"/></xsl:when>
        <xsl:when test="@name = 'areas'"><xsl:call-template name="areas"/></xsl:when>
        <xsl:when test="@name = 'devices' or @name = 'servers' or @name = 'terminals'">
          <xsl:apply-templates select="$file//af:device[@chapter = current()/@name]"/></xsl:when>
        <xsl:when test="@name = 'software'"><xsl:call-template name="software"/></xsl:when>
        <xsl:when test="@name = 'applications'"><xsl:call-template name="applications"/></xsl:when>
        <xsl:when test="@name = 'exposure'"><xsl:call-template name="exposure"/></xsl:when>
        <xsl:when test="@name = 'changes'"><xsl:call-template name="changes"/></xsl:when>
        <xsl:when test="@name = 'evidence'"><xsl:call-template name="evidence"/></xsl:when>
        <xsl:when test="@name = 'boundary'"><xsl:call-template name="facts">
          <xsl:with-param name="rows" select="key('fact', @name)[not(parent::af:device)]"/>
        </xsl:call-template></xsl:when>
        <xsl:when test="@name = 'signature'"><p class="none">签名为独立文件 <span>The signature is a file of its own (Ed25519, detached)</span></p></xsl:when>
        <xsl:otherwise><xsl:call-template name="facts">
          <xsl:with-param name="rows" select="key('fact', @name)"/>
        </xsl:call-template></xsl:otherwise>
      </xsl:choose>
      <xsl:call-template name="records"/>
    </section>
  </xsl:template>

  <xsl:template name="heading">
    <xsl:variable name="zh">
      <xsl:choose>
        <xsl:when test="@name = 'identification'">基本标识</xsl:when>
        <xsl:when test="@name = 'organisation'">单位与责任</xsl:when>
        <xsl:when test="@name = 'business'">业务与依赖</xsl:when>
        <xsl:when test="@name = 'tier'">定级与备案</xsl:when>
        <xsl:when test="@name = 'boundary'">边界与分区</xsl:when>
        <xsl:when test="@name = 'areas'">网络区域</xsl:when>
        <xsl:when test="@name = 'external-links'">外联与互联网出口</xsl:when>
        <xsl:when test="@name = 'devices'">网络与控制设备</xsl:when>
        <xsl:when test="@name = 'servers'">服务器</xsl:when>
        <xsl:when test="@name = 'terminals'">终端</xsl:when>
        <xsl:when test="@name = 'software'">软件</xsl:when>
        <xsl:when test="@name = 'applications'">应用与网址</xsl:when>
        <xsl:when test="@name = 'data'">数据资源</xsl:when>
        <xsl:when test="@name = 'crypto'">密码应用</xsl:when>
        <xsl:when test="@name = 'connections'">网络连接</xsl:when>
        <xsl:when test="@name = 'exposure'">互联网暴露面</xsl:when>
        <xsl:when test="@name = 'suppliers'">供应商与远程运维</xsl:when>
        <xsl:when test="@name = 'positions'">关键岗位</xsl:when>
        <xsl:when test="@name = 'assessments'">测评与问题</xsl:when>
        <xsl:when test="@name = 'designation'">认定与通知</xsl:when>
        <xsl:when test="@name = 'changes'">变更记录</xsl:when>
        <xsl:when test="@name = 'evidence'">证据索引</xsl:when>
        <xsl:when test="@name = 'signature'">签名</xsl:when>
      </xsl:choose>
    </xsl:variable>
    <xsl:variable name="en">
      <xsl:choose>
        <xsl:when test="@name = 'identification'">Identification</xsl:when>
        <xsl:when test="@name = 'organisation'">Organisation and responsibility</xsl:when>
        <xsl:when test="@name = 'business'">Business and dependencies</xsl:when>
        <xsl:when test="@name = 'tier'">Protection tier and filing</xsl:when>
        <xsl:when test="@name = 'boundary'">Boundary and zones</xsl:when>
        <xsl:when test="@name = 'areas'">Network areas</xsl:when>
        <xsl:when test="@name = 'external-links'">External links and Internet exits</xsl:when>
        <xsl:when test="@name = 'devices'">Network and control devices</xsl:when>
        <xsl:when test="@name = 'servers'">Servers</xsl:when>
        <xsl:when test="@name = 'terminals'">Terminals</xsl:when>
        <xsl:when test="@name = 'software'">Software</xsl:when>
        <xsl:when test="@name = 'applications'">Applications and URLs</xsl:when>
        <xsl:when test="@name = 'data'">Data resources</xsl:when>
        <xsl:when test="@name = 'crypto'">Cryptography</xsl:when>
        <xsl:when test="@name = 'connections'">Connections</xsl:when>
        <xsl:when test="@name = 'exposure'">Internet exposure</xsl:when>
        <xsl:when test="@name = 'suppliers'">Suppliers and remote maintenance</xsl:when>
        <xsl:when test="@name = 'positions'">Core positions</xsl:when>
        <xsl:when test="@name = 'assessments'">Assessments and findings</xsl:when>
        <xsl:when test="@name = 'designation'">Designation and notices</xsl:when>
        <xsl:when test="@name = 'changes'">Changes</xsl:when>
        <xsl:when test="@name = 'evidence'">Index of evidence</xsl:when>
        <xsl:when test="@name = 'signature'">Signature</xsl:when>
        <xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:value-of select="$zh"/><xsl:text> </xsl:text><span><xsl:value-of select="$en"/></span>
  </xsl:template>

  <!-- ==== chapters ==== -->
  <xsl:template name="identification">
    <xsl:call-template name="facts">
      <xsl:with-param name="rows" select="$file//af:system[not(@related)]/af:fact[@chapter = 'identification']"/>
    </xsl:call-template>
    <xsl:if test="$file//af:device">
      <table class="wide"><thead><tr><th>资产 <span>Asset</span></th><th>角色 <span>Role</span></th><th>地址 <span>Addresses</span></th><th>名称 <span>Names</span></th><th>系统 <span>System</span></th><th>发现 <span>First, last seen</span></th></tr></thead><tbody>
        <xsl:for-each select="$file//af:device">
          <tr>
            <td><a href="#asset-{@id}"><xsl:value-of select="@name"/></a></td>
            <td class="code"><xsl:value-of select="@role"/></td>
            <td class="mono"><xsl:for-each select="af:fact[@name = 'address' and not(@until)]"><xsl:value-of select="@subject"/><br/></xsl:for-each></td>
            <td><xsl:for-each select="af:fact[@name = 'name' and not(@until)]"><xsl:if test="not(preceding-sibling::af:fact[@name = 'name' and not(@until) and . = current()])"><xsl:value-of select="."/><br/></xsl:if></xsl:for-each></td>
            <td><xsl:value-of select="@system"/></td>
            <td class="seen"><xsl:call-template name="seen"/></td>
          </tr>
        </xsl:for-each>
      </tbody></table>
    </xsl:if>
  </xsl:template>

  <xsl:template name="organisation">
    <xsl:for-each select="$file//af:organisation">
      <h3><xsl:value-of select="@name"/><code><xsl:value-of select="@id"/></code></h3>
      <xsl:call-template name="facts"><xsl:with-param name="rows" select="af:fact"/><xsl:with-param name="of" select="false()"/></xsl:call-template>
    </xsl:for-each>
    <xsl:if test="$file//af:system/af:fact[@chapter = 'organisation']">
      <h3>运营单位 <span>Who operates the system</span></h3>
      <xsl:call-template name="facts"><xsl:with-param name="rows" select="$file//af:system/af:fact[@chapter = 'organisation']"/></xsl:call-template>
    </xsl:if>
    <xsl:call-template name="responsibilities"/>
  </xsl:template>

  <xsl:template name="areas">
    <xsl:call-template name="facts"><xsl:with-param name="rows" select="key('fact', 'areas')[parent::af:system]"/></xsl:call-template>
    <xsl:if test="$file//af:network"><table class="wide"><thead><tr><th>网段 <span>Prefix</span></th><th>区域 <span>Area</span></th><th>安全域 <span>Zone</span></th><th>功能 <span>Function</span></th><th>依据 <span>Source</span></th></tr></thead><tbody>
      <xsl:for-each select="$file//af:network">
        <tr><td class="mono"><xsl:value-of select="@prefix"/></td>
          <td><xsl:value-of select="af:fact[@name = 'area']"/></td>
          <td><xsl:value-of select="af:fact[@name = 'zone']"/></td>
          <td><xsl:for-each select="af:fact[@name = 'function' or @name = 'importance' or @name = 'facility' or @name = 'vlan']"><span class="pair"><em><xsl:call-template name="label"/></em><xsl:value-of select="."/></span></xsl:for-each></td>
          <td class="from"><xsl:for-each select="af:fact[1]"><xsl:call-template name="from"/></xsl:for-each></td></tr>
      </xsl:for-each>
    </tbody></table></xsl:if>
  </xsl:template>

  <xsl:template match="af:device">
    <article id="asset-{@id}">
      <h3><xsl:value-of select="@name"/><small><xsl:value-of select="@role"/></small><code><xsl:value-of select="@id"/></code>
        <xsl:if test="@state != 'seen'"><b class="state"><xsl:value-of select="@state"/></b></xsl:if></h3>
      <p class="sum">
        <xsl:if test="@vendor or @model"><span><xsl:value-of select="@vendor"/><xsl:text> </xsl:text><xsl:value-of select="@model"/></span></xsl:if>
        <xsl:if test="@os"><span><xsl:value-of select="@os"/></span></xsl:if>
        <xsl:if test="@system"><span>系统 System <xsl:value-of select="@system"/></span></xsl:if>
        <xsl:if test="@role-reason"><span>角色依据 Role by: <xsl:value-of select="@role-reason"/></span></xsl:if>
        <xsl:if test="@aliases"><span>曾用编号 Aliases <xsl:value-of select="@aliases"/></span></xsl:if>
        <span><xsl:call-template name="seen"/></span>
      </p>
      <!-- What is said of its whole system stands in chapter 2 once. -->
      <xsl:call-template name="facts"><xsl:with-param name="rows" select="af:fact[not(@until) and not(@chapter = 'organisation' and starts-with(@method, 'register: system '))]"/><xsl:with-param name="of" select="false()"/></xsl:call-template>
      <xsl:if test="key('services', @id)">
        <table class="wide"><thead><tr><th>服务 <span>Service</span></th><th>协议 <span>Protocol</span></th><th>产品 <span>Product</span></th><th>来源 <span>From</span></th></tr></thead><tbody>
          <xsl:for-each select="key('services', @id)">
            <tr><td class="mono"><xsl:value-of select="concat(@address, ' ', @transport, '/', @port)"/><xsl:if test="@exposed"><b class="exposed">暴露 exposed</b></xsl:if></td>
              <td><xsl:value-of select="@protocol"/></td>
              <td><xsl:value-of select="normalize-space(concat(@vendor, ' ', @product, ' ', @version))"/></td>
              <td class="from"><xsl:call-template name="from"/></td></tr>
            <xsl:for-each select="af:fact[not(@until) and @chapter != 'crypto' and @chapter != 'applications']">
              <tr class="sub"><td></td><td><xsl:value-of select="@name"/></td><td><xsl:value-of select="."/></td><td class="from"><xsl:call-template name="from"/></td></tr>
            </xsl:for-each>
          </xsl:for-each>
        </tbody></table>
      </xsl:if>
    </article>
  </xsl:template>

  <xsl:template name="software">
    <table class="wide"><thead><tr><th>产品 <span>Product</span></th><th>版本 <span>Version</span></th><th>厂商 <span>Vendor</span></th><th>资产 <span>Asset</span></th><th>来源 <span>From</span></th></tr></thead><tbody>
      <xsl:for-each select="$file//af:software">
        <xsl:sort select="@product"/><xsl:sort select="@version"/>
        <tr><td><xsl:value-of select="@product"/><xsl:if test="@cpe"><br/><code><xsl:value-of select="@cpe"/></code></xsl:if></td>
          <td><xsl:value-of select="@version"/></td><td><xsl:value-of select="@vendor"/></td>
          <td><xsl:call-template name="asset"/></td>
          <td class="from"><xsl:call-template name="from"/></td></tr>
      </xsl:for-each>
    </tbody></table>
  </xsl:template>

  <xsl:template name="applications">
    <table class="wide"><thead><tr><th>应用 <span>Application</span></th><th>资产 <span>Asset</span></th><th>内容 <span>What it says</span></th><th>来源 <span>From</span></th></tr></thead><tbody>
      <xsl:for-each select="$file//af:service[@protocol = 'http' or @protocol = 'https']">
        <tr><td class="mono"><xsl:value-of select="concat(@protocol, '://', @address, ':', @port)"/></td>
          <td><xsl:call-template name="asset"/></td>
          <td><xsl:for-each select="af:fact[@chapter = 'applications' and not(@until)]"><span class="pair"><em><xsl:value-of select="@name"/></em><xsl:text> </xsl:text><xsl:value-of select="."/></span></xsl:for-each></td>
          <td class="from"><xsl:call-template name="from"/></td></tr>
      </xsl:for-each>
    </tbody></table>
  </xsl:template>

  <xsl:template name="exposure">
    <table class="wide"><thead><tr><th>服务 <span>Service</span></th><th>类别 <span>Kind</span></th><th>资产 <span>Asset</span></th><th>台账 <span>Ledger</span></th><th>来源 <span>From</span></th></tr></thead><tbody>
      <xsl:for-each select="$file//af:exposure">
        <tr><td class="mono"><xsl:value-of select="concat(../@address, ' ', ../@transport, '/', ../@port)"/></td>
          <td><xsl:choose><xsl:when test="@kind = 'industrial protocol'"><b class="exposed">工控协议 <xsl:value-of select="@kind"/></b></xsl:when>
            <xsl:when test="@kind = 'administration'"><b class="state">管理服务 <xsl:value-of select="@kind"/></b></xsl:when>
            <xsl:when test="@kind = 'remote maintenance'"><b class="state">远程运维 <xsl:value-of select="@kind"/></b></xsl:when>
            <xsl:otherwise><xsl:value-of select="@kind"/></xsl:otherwise></xsl:choose>
            <xsl:choose><xsl:when test="@maintenance = 'unregistered'"><br/><b class="unjustified">未登记 unregistered</b></xsl:when>
            <xsl:when test="@maintenance = 'expired'"><br/><b class="expired">登记过期 expired</b> <xsl:value-of select="@registration"/></xsl:when>
            <xsl:when test="@maintenance"><br/><b class="justified">已登记 registered</b><xsl:text> </xsl:text><xsl:value-of select="@registration"/></xsl:when></xsl:choose></td>
          <td><xsl:for-each select=".."><xsl:call-template name="asset"/></xsl:for-each></td>
          <td><b class="{@state}"><xsl:choose><xsl:when test="@state = 'justified'">有据 justified</xsl:when><xsl:when test="@state = 'expired'">过期 expired</xsl:when><xsl:otherwise>无据 unjustified</xsl:otherwise></xsl:choose></b>
            <xsl:if test="@entry"><br/><xsl:value-of select="@reason"/><br/><small>№ <xsl:value-of select="@entry"/>, <xsl:value-of select="@approver"/><xsl:if test="@document">, <xsl:value-of select="@document"/></xsl:if>, 至 until <xsl:value-of select="substring(@expires, 1, 10)"/></small></xsl:if></td>
          <td class="from"><xsl:for-each select=".."><xsl:call-template name="from"/></xsl:for-each></td></tr>
      </xsl:for-each>
    </tbody></table>
  </xsl:template>

  <xsl:template name="changes">
    <xsl:if test="key('fact', 'changes')">
      <h3>合并、拆分与停用的决定 <span>Decisions about what an asset is</span></h3>
      <xsl:call-template name="facts"><xsl:with-param name="rows" select="key('fact', 'changes')"/><xsl:with-param name="of" select="true()"/></xsl:call-template>
    </xsl:if>
    <xsl:if test="$file//af:device/af:fact[@until]"><table class="wide"><thead><tr><th>终止 <span>Ended</span></th><th>资产 <span>Asset</span></th><th>事项 <span>What</span></th><th>当时的值 <span>Value then</span></th><th>来源 <span>From</span></th></tr></thead><tbody>
      <xsl:for-each select="$file//af:device/af:fact[@until]">
        <xsl:sort select="@until" order="descending"/>
        <tr><td class="seen"><xsl:call-template name="time"><xsl:with-param name="t" select="@until"/></xsl:call-template></td>
          <td><a href="#asset-{../@id}"><xsl:value-of select="../@name"/></a></td>
          <td><xsl:value-of select="@subject"/><xsl:text> </xsl:text><xsl:value-of select="@name"/></td>
          <td><xsl:value-of select="."/></td>
          <td class="from"><xsl:call-template name="from"/></td></tr>
      </xsl:for-each>
    </tbody></table></xsl:if>
  </xsl:template>

  <xsl:template name="evidence">
    <table class="wide"><thead><tr><th>SHA-256</th><th>类型 <span>Kind</span></th><th>字节 <span>Bytes</span></th><th>批次 <span>Run</span></th><th>资产 <span>Asset</span></th></tr></thead><tbody>
      <xsl:for-each select="$file//af:evidence">
        <tr><td class="mono hash"><xsl:value-of select="@sha256"/></td><td><xsl:value-of select="@kind"/></td><td class="num"><xsl:value-of select="@bytes"/></td><td class="num"><xsl:value-of select="@run"/></td>
          <td><a href="#asset-{../@id}"><xsl:value-of select="../@name"/></a></td></tr>
      </xsl:for-each>
    </tbody></table>
  </xsl:template>

  <!-- ==== parts ==== -->
  <!-- Statements with several items: each with its provenance once. -->
  <xsl:template name="records">
    <xsl:variable name="rows" select="key('record', @name)[@kind != 'responsibility']"/>
    <xsl:for-each select="$rows">
      <xsl:variable name="kind" select="@kind"/>
      <xsl:if test="generate-id() = generate-id($rows[@kind = $kind][1])">
        <h3><xsl:call-template name="kind"/></h3>
        <xsl:apply-templates select="$rows[@kind = $kind]"/>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="af:record">
    <article class="record">
      <h4><xsl:value-of select="@name"/><xsl:if test="@id != @name"><code><xsl:value-of select="@id"/></code></xsl:if>
        <xsl:if test="@kind = 'circuit' and af:item[@name = 'kind'] = 'internet'"><b class="state exit">互联网出口 Internet exit</b></xsl:if></h4>
      <dl class="items">
        <xsl:for-each select="af:item">
          <xsl:if test="@name != preceding-sibling::af:item[1]/@name or not(preceding-sibling::af:item)">
            <div><dt><xsl:call-template name="label"/></dt><dd><xsl:variable name="name" select="@name"/>
              <xsl:for-each select="../af:item[@name = $name]"><xsl:if test="position() &gt; 1"><br/></xsl:if><xsl:value-of select="."/></xsl:for-each></dd></div>
          </xsl:if>
        </xsl:for-each>
      </dl>
      <p class="from"><xsl:call-template name="from"/></p>
    </article>
  </xsl:template>

  <xsl:template name="kind">
      <xsl:variable name="kind" select="@kind"/>
      <xsl:choose>
        <xsl:when test="$kind = 'facility'">机房与站点 <span>Facilities</span></xsl:when>
        <xsl:when test="$kind = 'zone'">安全域 <span>Zones</span></xsl:when>
        <xsl:when test="$kind = 'conduit'">域间通道 <span>Conduits</span></xsl:when>
        <xsl:when test="$kind = 'circuit'">线路与互联网出口 <span>Circuits and Internet exits</span></xsl:when>
        <xsl:when test="$kind = 'data-resource'">数据资源 <span>Data resources</span></xsl:when>
        <xsl:when test="$kind = 'contract'">供应商与服务合同 <span>Suppliers and their contracts</span></xsl:when>
        <xsl:when test="$kind = 'remote-maintenance'">远程运维登记 <span>Remote maintenance</span></xsl:when>
        <xsl:when test="$kind = 'position'">关键岗位 <span>Core positions</span></xsl:when>
        <xsl:when test="$kind = 'business'">业务 <span>Businesses</span></xsl:when>
        <xsl:when test="$kind = 'scenario'">扩展场景 <span>Scenarios of the filing form</span></xsl:when>
        <xsl:when test="$kind = 'baseline'">基线 <span>Baselines</span></xsl:when>
        <xsl:otherwise><xsl:value-of select="@kind"/></xsl:otherwise>
      </xsl:choose>
  </xsl:template>

  <xsl:template name="responsibilities">
    <xsl:if test="key('record', 'organisation')[@kind = 'responsibility']">
      <h3>谁主管谁负责，谁运营谁负责 <span>Who answers for what</span></h3>
      <table class="wide"><thead><tr><th>对象 <span>Of</span></th><th>职责 <span>Duty</span></th><th>单位 <span>Organisation</span></th><th>有效期 <span>Valid</span></th><th>来源 <span>From</span></th></tr></thead><tbody>
        <xsl:for-each select="key('record', 'organisation')[@kind = 'responsibility']">
          <tr><td><xsl:value-of select="af:item[1]"/></td>
            <td><xsl:for-each select="af:item[2]"><xsl:call-template name="label"/></xsl:for-each></td>
            <td><xsl:value-of select="af:item[2]"/></td>
            <td class="seen"><xsl:value-of select="af:item[@name = 'valid-from']"/><xsl:if test="af:item[@name = 'valid-until']"> – <xsl:value-of select="af:item[@name = 'valid-until']"/></xsl:if></td>
            <td class="from"><xsl:call-template name="from"/></td></tr>
        </xsl:for-each>
      </tbody></table>
    </xsl:if>
  </xsl:template>

  <!-- What people call an attribute; those without a word of theirs stand as they are. -->
  <xsl:template name="label">
    <xsl:variable name="word" select="substring-before(substring-after($labels, concat('|', @name, '=')), '|')"/>
    <xsl:if test="starts-with(@name, 'path.')">路径 </xsl:if>
    <xsl:if test="$word"><xsl:value-of select="$word"/><xsl:text> </xsl:text></xsl:if>
    <span><xsl:value-of select="translate(@name, '-', ' ')"/></span>
  </xsl:template>

  <xsl:template name="facts">
    <xsl:param name="rows"/>
    <xsl:param name="of" select="count($rows/..) != 1"/>
    <xsl:if test="$rows">
      <table class="facts"><xsl:if test="$of"><xsl:attribute name="class">facts of</xsl:attribute></xsl:if><thead><tr>
        <xsl:if test="$of"><th>对象 <span>Of</span></th></xsl:if>
        <th>项目 <span>What</span></th><th>值 <span>Value</span></th><th>来源 <span>From</span></th></tr></thead><tbody>
        <xsl:for-each select="$rows">
          <tr>
            <xsl:if test="$of"><td><xsl:call-template name="owner"/></td></xsl:if>
            <td><xsl:call-template name="label"/><xsl:if test="@subject"><br/><span class="mono"><xsl:value-of select="@subject"/></span></xsl:if></td>
            <td class="value"><xsl:value-of select="."/><xsl:if test="@name = 'address' and @subject and . = ''">–</xsl:if></td>
            <td class="from"><xsl:call-template name="from"/></td></tr>
        </xsl:for-each>
      </tbody></table>
    </xsl:if>
  </xsl:template>

  <!-- Whose statement: a system, network, device, or the service of a device. -->
  <xsl:template name="owner">
    <xsl:choose>
      <xsl:when test="parent::af:service"><xsl:for-each select=".."><xsl:call-template name="asset"/><br/><span class="mono"><xsl:value-of select="concat(@address, ' ', @transport, '/', @port)"/></span></xsl:for-each></xsl:when>
      <xsl:when test="parent::af:device"><a href="#asset-{../@id}"><xsl:value-of select="../@name"/></a></xsl:when>
      <xsl:when test="parent::af:network"><span class="mono"><xsl:value-of select="../@prefix"/></span></xsl:when>
      <xsl:otherwise><xsl:value-of select="../@name"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="asset">
    <xsl:variable name="name" select="key('device', @device)/@name"/>
    <a href="#asset-{@device}"><xsl:value-of select="$name"/></a>
  </xsl:template>

  <xsl:template name="from">
    <b class="{@grade}"><xsl:choose>
      <xsl:when test="@grade = 'measured'">实测</xsl:when>
      <xsl:when test="@grade = 'claimed'">自称</xsl:when>
      <xsl:when test="@grade = 'attested'">证明</xsl:when>
      <xsl:otherwise>推算</xsl:otherwise></xsl:choose></b>
    <span class="what"><xsl:value-of select="@source"/><xsl:if test="@source and @method and @method != @source"> · </xsl:if><xsl:if test="not(@source) or @method != @source"><xsl:value-of select="@method"/></xsl:if></span>
    <xsl:text> </xsl:text><span class="when"><xsl:if test="@as-of"><xsl:attribute name="class">when short</xsl:attribute></xsl:if><xsl:if test="@run">批次 run <xsl:value-of select="@run"/>, </xsl:if>
      <xsl:choose>
        <xsl:when test="@as-of"><xsl:value-of select="@as-of"/></xsl:when>
        <xsl:otherwise><xsl:call-template name="seen"/></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@evidence">, <code title="{@evidence}"><xsl:value-of select="substring(@evidence, 1, 10)"/>…</code></xsl:if></span>
  </xsl:template>

  <xsl:template name="seen">
    <xsl:call-template name="time"><xsl:with-param name="t" select="@first-seen"/></xsl:call-template>
    <xsl:if test="@last-seen and number(translate(@last-seen, '-:TZ', '')) &gt; number(translate(@first-seen, '-:TZ', ''))"> – <xsl:call-template name="time"><xsl:with-param name="t" select="@last-seen"/></xsl:call-template></xsl:if>
  </xsl:template>

  <xsl:template name="time">
    <xsl:param name="t"/>
    <xsl:if test="$t"><time datetime="{$t}"><xsl:value-of select="substring($t, 1, 10)"/><xsl:text> </xsl:text><xsl:value-of select="substring($t, 12, 5)"/></time></xsl:if>
  </xsl:template>

  <xsl:template name="css">
    :root { --ink: #1c2733; --soft: #5d6b79; --line: #d5dce3; --paper: #fff; --shade: #f5f7f9; --accent: #17456b; }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 62rem; padding: 2.5rem 2rem 4rem; background: var(--paper); color: var(--ink);
      font: 14px/1.5 "DejaVu Sans", "Noto Sans", "WenQuanYi Micro Hei", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
    span { color: inherit; }
    header { border-top: 6px solid var(--accent); padding-top: 1.2rem; }
    .kind { margin: 0; letter-spacing: .18em; color: var(--accent); font-size: 1.05rem; font-weight: 700; }
    .kind span { letter-spacing: .06em; font-weight: 400; color: var(--soft); margin-left: .4em; }
    h1 { font-size: 2rem; line-height: 1.2; margin: .3rem 0 1.2rem; overflow-wrap: anywhere; }
    dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0; margin: 0; border: 1px solid var(--line); }
    dl div { padding: .55rem .8rem; border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); margin: 0 -1px -1px 0; min-width: 0; }
    dt { font-size: .74rem; color: var(--soft); } dd { margin: .1rem 0 0; font-weight: 600; overflow-wrap: anywhere; }
    dd code { font-weight: 400; }
    .legend { margin: .9rem 0 0; font-size: .74rem; } .legend b { margin-right: .6rem; }
    h2 { font-size: 1.22rem; margin: 2.6rem 0 .9rem; padding-bottom: .3rem; border-bottom: 2px solid var(--accent); color: var(--accent); }
    h2 span, h3 span { font-weight: 400; color: var(--soft); font-size: .86em; margin-left: .25em; }
    h2 i { font-style: normal; display: inline-block; min-width: 1.9em; color: var(--soft); font-weight: 400; }
    h2.plain { border: 0; margin: 1.8rem 0 .4rem; padding: 0; font-size: 1rem; }
    nav ol { columns: 2; column-gap: 2.5rem; list-style: none; counter-reset: c; margin: 0; padding: 0; font-size: .88rem; }
    nav li { counter-increment: c; display: flex; gap: .5em; padding: .17rem 0; border-bottom: 1px dotted var(--line); break-inside: avoid; }
    nav li::before { content: counter(c); color: var(--soft); min-width: 1.6em; text-align: right; }
    nav li a { flex: 1; } nav li em { font-style: normal; color: var(--soft); }
    nav li a span { color: var(--soft); font-size: .9em; margin-left: .3em; }
    nav li.not-recorded a { color: var(--soft); }
    a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
    h3 { font-size: 1rem; margin: 1.5rem 0 .35rem; overflow-wrap: anywhere; }
    h3 small { font-weight: 400; color: var(--soft); margin-left: .6em; } h3 code { float: right; font-weight: 400; color: var(--soft); }
    .sum { margin: 0 0 .5rem; color: var(--soft); font-size: .82rem; } .sum > span { margin-right: 1.2em; }
    article { border-left: 3px solid var(--line); padding-left: 1rem; margin: 1.3rem 0 1.8rem; break-inside: auto; }
    table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; font-size: .84rem; }
    th { text-align: left; font-weight: 600; font-size: .78rem; color: var(--soft); border-bottom: 1px solid var(--ink); padding: .25rem .6rem .25rem 0; vertical-align: bottom; }
    th span { font-weight: 400; }
    td { border-bottom: 1px solid var(--line); padding: .38rem .6rem .38rem 0; vertical-align: top; overflow-wrap: anywhere; }
    td.code { white-space: nowrap; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; }
    tr { break-inside: avoid; } thead { display: table-header-group; }
    td.from { width: 36%; font-size: .76rem; color: var(--soft); } td.value { min-width: 10rem; }
    table.facts { table-layout: fixed; } .facts th:nth-child(1) { width: 24%; } .facts th:last-child { width: 38%; }
    .facts.of th:nth-child(1) { width: 20%; } .facts.of th:nth-child(2) { width: 19%; } .facts.of th:last-child { width: 35%; }
    .from .what { margin-left: .45em; } .from .when.short { white-space: nowrap; } .from .when:not(.short)::before { content: ""; display: block; }
    td.seen, td.num { font-size: .78rem; color: var(--soft); } td.num { text-align: right; }
    time { white-space: nowrap; } td > a { display: inline-block; min-width: 7.5rem; }
    tr.sub td { border-bottom-style: dotted; font-size: .95em; color: var(--soft); }
    .mono, code { font-family: "DejaVu Sans Mono", "Noto Sans Mono", monospace; font-size: .88em; } td.hash { font-size: .68rem; }
    b.measured, b.claimed, b.attested, b.derived, b.justified, b.unjustified, b.expired, b.exposed, b.state
      { display: inline-block; font-weight: 600; font-size: .72rem; line-height: 1.45; padding: 0 .45em; border-radius: 2px; border: 1px solid; white-space: nowrap; }
    b.measured { color: #0b5d3b; background: #e8f5ee; border-color: #a9d6bf; } b.attested { color: #173f77; background: #e9f0fa; border-color: #b3cbea; }
    b.claimed { color: #7a4b00; background: #fdf3e0; border-color: #eccf97; } b.derived { color: #5a3a80; background: #f3edf9; border-color: #d2bfe6; }
    b.justified { color: #0b5d3b; border-color: #a9d6bf; } b.unjustified, b.exposed { color: #a11b1b; background: #fdeeee; border-color: #eab2b2; }
    b.expired, b.state { color: #7a4b00; border-color: #eccf97; } b.exposed { margin-left: .5em; } h3 b.state, b.exit { margin-left: .6em; }
    .pair { display: block; } .pair em { font-style: normal; color: var(--soft); font-size: .9em; margin-right: .3em; }
    article.record { margin: .5rem 0 1rem; break-inside: avoid; } h4 { margin: 0 0 .3rem; font-size: .92rem; } h4 code { font-weight: 400; color: var(--soft); margin-left: .6em; }
    dl.items { grid-template-columns: repeat(2, 1fr); border: 0; font-size: .84rem; } dl.items div { display: flex; border: 0; border-bottom: 1px dotted var(--line); padding: .22rem .8rem .22rem 0; margin: 0; }
    dl.items dt { flex: 0 0 11.5em; font-size: .95em; } dl.items dt span { font-size: .92em; } dl.items dd { font-weight: 400; } p.from { margin: .35rem 0 0; font-size: .76rem; color: var(--soft); }
    .none { color: var(--soft); background: var(--shade); padding: .5rem .8rem; margin: 0; font-size: .85rem; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .8rem; font-size: .76rem; color: var(--soft); } footer span { display: block; }
    @media (max-width: 44rem) { dl { grid-template-columns: repeat(2, 1fr); } nav ol { columns: 1; } body { padding: 1rem; } }
    @page { size: A4; margin: 16mm 14mm 18mm; }
    @media print { body { max-width: none; padding: 0; font-size: 9.5pt; } a { color: inherit; } h2, h3 { break-after: avoid; } nav { break-after: page; }
      b, .none { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
  </xsl:template>
</xsl:stylesheet>
