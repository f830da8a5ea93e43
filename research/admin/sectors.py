"""Sectors, stocks, analyses, verdicts and insights in Django admin, to look at: jobs and decisions write them."""

from django.contrib import admin

from prospects.admin.looking import BigTableAdmin, LookOnlyInline

from ..models import Insights, JudgeReview, SectorAnalysis, Stock, StockAnalysis, SubSector


class SubSectorInline(LookOnlyInline):
    model = SubSector
    fields = ("position", "name", "status", "decided_by", "problem")
    show_change_link = True


class StockInline(LookOnlyInline):
    model = Stock
    fields = ("rank", "symbol", "composite", "status", "rejections", "problem")
    show_change_link = True


class StockAnalysisInline(LookOnlyInline):
    model = StockAnalysis
    fields = ("variation", "approach", "status", "job_id", "judge_job_id", "format_job_id", "problem")
    show_change_link = True


@admin.register(SectorAnalysis)
class SectorAnalysisAdmin(BigTableAdmin):
    inlines = (SubSectorInline,)
    list_display = ("public_id", "name", "status", "user_id", "backend", "created_at", "finished_at", "tenant_id")
    list_filter = ("status", "backend", "created_at")
    search_fields = ("public_id", "name", "job_id", "tenant_id")


@admin.register(SubSector)
class SubSectorAdmin(BigTableAdmin):
    inlines = (StockInline,)
    list_display = ("public_id", "name", "sector", "status", "decided_by", "ranked_at", "finished_at")
    list_filter = ("status",)
    list_select_related = ("sector",)
    search_fields = ("public_id", "name", "ranking_job_id", "sector__public_id")


@admin.register(Stock)
class StockAdmin(BigTableAdmin):
    inlines = (StockAnalysisInline,)
    list_display = ("public_id", "symbol", "rank", "composite", "coverage", "status", "rejections", "sub_sector")
    list_filter = ("status",)
    list_select_related = ("sub_sector",)
    search_fields = ("public_id", "symbol", "name", "sub_sector__public_id")


@admin.register(StockAnalysis)
class StockAnalysisAdmin(BigTableAdmin):
    list_display = ("public_id", "stock", "variation", "approach", "status", "backend", "model", "finished_at")
    list_filter = ("status", "backend", "variation")
    list_select_related = ("stock",)
    search_fields = ("public_id", "job_id", "judge_job_id", "format_job_id", "stock__symbol")


@admin.register(JudgeReview)
class JudgeReviewAdmin(BigTableAdmin):
    list_display = ("analysis", "approved", "score", "backend", "model", "created_at")
    list_filter = ("approved", "backend")
    list_select_related = ("analysis__stock",)
    search_fields = ("job_id", "analysis__public_id", "analysis__stock__symbol")


@admin.register(Insights)
class InsightsAdmin(BigTableAdmin):
    list_display = ("public_id", "analysis", "schema_version", "backend", "model", "created_at")
    list_filter = ("backend", "schema_version")
    list_select_related = ("analysis__stock",)
    search_fields = ("public_id", "job_id", "analysis__public_id", "analysis__stock__symbol")
